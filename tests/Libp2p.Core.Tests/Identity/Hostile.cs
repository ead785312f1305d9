namespace Libp2p.Tests.Identities;

/// <summary>Bytes as an attacker might send them: noise, or something valid with a few changes.</summary>
static class Hostile
{
    public static byte[] Mutate(Random random, byte[] valid)
    {
        if (random.Next(8) == 0)
        {
            var noise = new byte[random.Next(128)];
            random.NextBytes(noise);
            return noise;
        }
        var bytes = valid.ToList();
        for (var changes = random.Next(1, 4); changes > 0 && bytes.Count > 0; changes--)
        {
            // Structure stands at the beginning: change it more often than what follows.
            var position = random.Next(random.Next(2) == 0 ? Math.Min(bytes.Count, 32) : bytes.Count);
            switch (random.Next(5))
            {
                case 0:
                    bytes[position] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[position] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes.RemoveAt(position);
                    break;
                case 3:
                    bytes.Insert(position, (byte)random.Next(256));
                    break;
                default:
                    bytes.RemoveRange(position, bytes.Count - position);
                    break;
            }
        }
        return [.. bytes];
    }
}
