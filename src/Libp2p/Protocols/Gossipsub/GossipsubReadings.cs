namespace Libp2p.Protocols.Gossipsub;

/// <summary>What is measured of gossipsub at one moment.</summary>
internal sealed record GossipsubReadings
{
    /// <summary>Connected peers, by what is spoken with them.</summary>
    public required IReadOnlyList<(string Protocol, long Count)> Peers { get; init; }

    /// <summary>Connected peers whose score is below a threshold.</summary>
    public required IReadOnlyList<(string Threshold, long Count)> Below { get; init; }

    /// <summary>The topics that this node is subscribed to: only of these is there a bounded number.</summary>
    public required IReadOnlyList<(string Topic, int Subscribers, int Mesh)> Topics { get; init; }

    public required long HistoryBytes { get; init; }

    public required long BrokenPromises { get; init; }

    public long QueuedBytes { get; init; }
}
