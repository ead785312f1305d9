namespace Libp2p;

/// <summary>A rate with a burst: tokens flow in evenly up to the burst, each event takes one. A mutable struct: keep it in a field.</summary>
public struct TokenBucket
{
    private readonly double _perSecond;
    private readonly double _burst;
    private double _tokens;
    private TimeSpan _last;

    /// <summary>Creates a full one.</summary>
    /// <param name="perSecond">Tokens that flow in each second.</param>
    /// <param name="burst">The most that wait.</param>
    public TokenBucket(double perSecond, double burst)
    {
        _perSecond = perSecond;
        _burst = _tokens = burst;
        _last = TimeSpan.Zero;
    }

    /// <summary>Takes one token; false where there is none.</summary>
    /// <param name="now">A monotonic time stamp.</param>
    public bool TryTake(TimeSpan now)
    {
        if (now > _last)
        {
            _tokens = Math.Min(_burst, _tokens + ((now - _last).TotalSeconds * _perSecond));
            _last = now;
        }
        if (_tokens < 1)
            return false;
        _tokens -= 1;
        return true;
    }

    /// <summary>True where the bucket would be full at that time: its owner is idle and may be forgotten.</summary>
    public readonly bool IsFull(TimeSpan now) => _tokens + (Math.Max(0, (now - _last).TotalSeconds) * _perSecond) >= _burst;
}
