namespace Libp2p.Protocols.Gossipsub;

/// <summary>Counts what happens, from any thread.</summary>
internal sealed class GossipsubStatistics
{
    private long _published, _received, _duplicates, _refused, _rejected, _ignored, _delivered, _dropped, _laggards, _droppedGossip, _sentToOthers;

    public void Published() => Interlocked.Increment(ref _published);

    public void Received() => Interlocked.Increment(ref _received);

    public void Duplicate() => Interlocked.Increment(ref _duplicates);

    public void Refused() => Interlocked.Increment(ref _refused);

    public void Delivered() => Interlocked.Increment(ref _delivered);

    public void Dropped() => Interlocked.Increment(ref _dropped);

    public void GossipDropped() => Interlocked.Increment(ref _droppedGossip);

    public void LaggardsLeftOut(int count) => Interlocked.Add(ref _laggards, count);

    /// <summary>A peer has gone; what was sent to it counts on.</summary>
    public void PeerGone(long sent) => Interlocked.Add(ref _sentToOthers, sent);

    public void Judged(PubsubVerdict verdict)
    {
        if (verdict == PubsubVerdict.Reject)
            Interlocked.Increment(ref _rejected);
        else if (verdict == PubsubVerdict.Ignore)
            Interlocked.Increment(ref _ignored);
    }

    public GossipsubCounters Read(long sent) => new(
        Volatile.Read(ref _published), Volatile.Read(ref _received), Volatile.Read(ref _duplicates), Volatile.Read(ref _refused), Volatile.Read(ref _rejected),
        Volatile.Read(ref _ignored), Volatile.Read(ref _delivered), Volatile.Read(ref _sentToOthers) + sent, Volatile.Read(ref _dropped),
        Volatile.Read(ref _laggards), Volatile.Read(ref _droppedGossip));
}
