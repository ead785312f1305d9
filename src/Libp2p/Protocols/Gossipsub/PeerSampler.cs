namespace Libp2p.Protocols.Gossipsub;

/// <summary>Chooses at random: the machine's only source of chance.</summary>
internal sealed class PeerSampler(Random random)
{
    /// <summary>Keeps so many, in random order.</summary>
    public void Keep<T>(List<T> items, int count)
    {
        var kept = Math.Clamp(count, 0, items.Count);
        for (var i = 0; i < kept; i++)
        {
            var other = random.Next(i, items.Count);
            (items[i], items[other]) = (items[other], items[i]);
        }
        items.RemoveRange(kept, items.Count - kept);
    }

    /// <summary>Puts all in random order.</summary>
    public void Shuffle<T>(List<T> items) => Keep(items, items.Count);

    /// <summary>One of them.</summary>
    public T Pick<T>(List<T> items) => items[random.Next(items.Count)];
}
