namespace Libp2p.Protocols.Identify;

/// <summary>How often each peer may push. It outlives a peer's connections, so that dialling anew gives no new burst.</summary>
internal sealed class PushLimiter(double perSecond, int burst)
{
    /// <summary>Peers whose rate is remembered; while all of them are busy, others are refused.</summary>
    public const int MaxPeers = 4096;

    private readonly Lock _gate = new();
    private readonly Dictionary<PeerId, Rate> _rates = [];

    /// <summary>Whether the peer may push now.</summary>
    /// <param name="peer">Who.</param>
    /// <param name="now">A monotonic time stamp.</param>
    public bool TryTake(PeerId peer, TimeSpan now)
    {
        lock (_gate)
        {
            if (!_rates.TryGetValue(peer, out var rate))
            {
                if (_rates.Count >= MaxPeers)
                    ForgetIdle(now);
                if (_rates.Count >= MaxPeers)
                    return false;
                _rates.Add(peer, rate = new Rate { Bucket = new TokenBucket(perSecond, burst) });
            }
            return rate.Bucket.TryTake(now);
        }
    }

    private void ForgetIdle(TimeSpan now)
    {
        foreach (var (peer, rate) in _rates)
        {
            if (rate.Bucket.IsFull(now))
                _rates.Remove(peer);
        }
    }

    private sealed class Rate
    {
        public TokenBucket Bucket;
    }
}
