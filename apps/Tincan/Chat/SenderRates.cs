using Libp2p;

namespace Tincan.Chat;

/// <summary>How fast each sender may send. Bounded: senders that are idle are forgotten first, and where nobody is, a newcomer waits.</summary>
internal sealed class SenderRates(
    double perSecond = SenderRates.DefaultPerSecond, double burst = SenderRates.DefaultBurst, int maxSenders = SenderRates.DefaultMaxSenders)
{
    /// <summary>Messages a second that one sender may send.</summary>
    public const double DefaultPerSecond = 20;

    /// <summary>Messages that one sender may send at once after a pause.</summary>
    public const double DefaultBurst = 100;

    /// <summary>Senders that are told apart: several times the connections that a node keeps.</summary>
    public const int DefaultMaxSenders = 4096;

    private readonly Lock _gate = new();
    private readonly Dictionary<PeerId, Sender> _senders = [];

    /// <summary>Counts a message.</summary>
    /// <param name="peer">Its sender.</param>
    /// <param name="now">A monotonic time stamp.</param>
    public RateVerdict Count(PeerId peer, TimeSpan now)
    {
        lock (_gate)
        {
            if (Find(peer, now) is not { } sender)
                return RateVerdict.Drop;
            if (sender.Tokens.TryTake(now))
                return RateVerdict.Take;
            sender.Dropped++;
            if (sender.Told)
                return RateVerdict.Drop;
            sender.Told = true;
            return RateVerdict.DropAndTell;
        }
    }

    /// <summary>How many messages of a sender were dropped.</summary>
    public long Dropped(PeerId peer)
    {
        lock (_gate)
            return _senders.TryGetValue(peer, out var sender) ? sender.Dropped : 0;
    }

    private Sender? Find(PeerId peer, TimeSpan now)
    {
        if (_senders.TryGetValue(peer, out var sender))
            return sender;
        if (_senders.Count >= maxSenders)
        {
            foreach (var (idle, _) in _senders.Where(s => s.Value.Tokens.IsFull(now)).ToList())
                _senders.Remove(idle);
            if (_senders.Count >= maxSenders)
                return null;
        }
        return _senders[peer] = new Sender { Tokens = new TokenBucket(perSecond, burst) };
    }

    private sealed class Sender
    {
        public TokenBucket Tokens;
        public long Dropped;
        public bool Told;
    }
}

/// <summary>What becomes of a message.</summary>
internal enum RateVerdict
{
    /// <summary>It is taken.</summary>
    Take,

    /// <summary>It is dropped, and counted.</summary>
    Drop,

    /// <summary>It is dropped, and it is the first one of that sender: the person is told.</summary>
    DropAndTell,
}
