using System.Buffers.Binary;

namespace Libp2p.Fuzz.Tests;

/// <summary>Makes inputs from others: small changes, the numbers at which length checks break, pieces of a second input.</summary>
internal static class Mutator
{
    private static readonly byte[] EdgeBytes = [0x00, 0x01, 0x7f, 0x80, 0x81, 0xff, 0x0a, 0x2f];
    private static readonly ulong[] EdgeNumbers = [0, 1, 0x7f, 0x80, 0xff, 0x100, 0x7fff, 0xffff, 0x10000, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 0x7fff_ffff_ffff_ffff, ulong.MaxValue];

    public static byte[] Mutate(Random random, byte[] input, byte[] other, int maxLength)
    {
        var bytes = new List<byte>(input);
        for (var changes = 1 + random.Next(4); changes > 0; changes--)
            Change(random, bytes, other);
        if (bytes.Count > maxLength)
            bytes.RemoveRange(maxLength, bytes.Count - maxLength);
        return [.. bytes];
    }

    private static void Change(Random random, List<byte> bytes, byte[] other)
    {
        var at = random.Next(bytes.Count + 1);
        var isInside = at < bytes.Count;
        switch (random.Next(10))
        {
            case 0 when isInside:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when isInside:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2 when isInside:
                bytes[at] = EdgeBytes[random.Next(EdgeBytes.Length)];
                break;
            case 3:
                bytes.Insert(at, (byte)random.Next(256));
                break;
            case 4 when isInside:
                bytes.RemoveRange(at, 1 + random.Next(Math.Min(16, bytes.Count - at)));
                break;
            case 5 when isInside:
                // Repetition: what is bounded in number is reached by it.
                var piece = bytes.GetRange(at, 1 + random.Next(Math.Min(48, bytes.Count - at)));
                for (var times = 1 + random.Next(8); times > 0; times--)
                    bytes.InsertRange(at, piece);
                break;
            case 6 when other.Length > 0:
                var from = random.Next(other.Length);
                bytes.InsertRange(at, other[from..(from + 1 + random.Next(other.Length - from))]);
                break;
            case 7:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 8:
                PutNumber(random, bytes, at);
                break;
            default:
                if (isInside)
                    bytes[at] = (byte)(bytes[at] + random.Next(-2, 3));
                break;
        }
    }

    /// <summary>A number at an edge, as a varint or of a fixed width, in the place of what is there.</summary>
    private static void PutNumber(Random random, List<byte> bytes, int at)
    {
        var value = EdgeNumbers[random.Next(EdgeNumbers.Length)];
        Span<byte> encoded = stackalloc byte[10];
        int length;
        if (random.Next(2) == 0)
        {
            BinaryPrimitives.WriteUInt64BigEndian(encoded, value);
            var width = 1 << random.Next(4);
            encoded = encoded.Slice(8 - width, width);
            length = width;
        }
        else
        {
            length = 0;
            for (; value >= 0x80; value >>= 7)
                encoded[length++] = (byte)(value | 0x80);
            encoded[length++] = (byte)value;
        }
        for (var i = 0; i < length; i++)
        {
            if (at + i < bytes.Count)
                bytes[at + i] = encoded[i];
            else
                bytes.Add(encoded[i]);
        }
    }
}
