namespace Libp2p.Protocols.Gossipsub;

/// <summary>The numbers of own messages: nanoseconds since 1970, so that they go on rising after a restart, and never back within a run.</summary>
internal sealed class SequenceNumbers(TimeProvider time)
{
    private long _last;

    public ulong Next()
    {
        var clock = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
        while (true)
        {
            var last = Volatile.Read(ref _last);
            var next = Math.Max(last + 1, clock);
            if (Interlocked.CompareExchange(ref _last, next, last) == last)
                return (ulong)next;
        }
    }
}
