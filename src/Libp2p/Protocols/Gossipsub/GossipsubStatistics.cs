namespace Libp2p.Protocols.Gossipsub;

/// <summary>Counts what happens, from any thread.</summary>
internal sealed class GossipsubStatistics
{
    private readonly long[] _refusals = new long[Enum.GetValues<MessageRefusal>().Length];
    private readonly ControlCounts _controlReceived = new();
    private readonly ControlCounts _controlSent = new();
    private long _published, _received, _duplicates, _rejected, _ignored, _throttled, _delivered, _dropped, _laggards, _droppedGossip, _sentToOthers;

    /// <summary>Messages for which somebody is to blame.</summary>
    private long Refusals => _refusals.Sum() - _refusals[(int)MessageRefusal.Blocked] - _refusals[(int)MessageRefusal.OwnMessage];

    public void Published() => Interlocked.Increment(ref _published);

    public void Received() => Interlocked.Increment(ref _received);

    public void Duplicate() => Interlocked.Increment(ref _duplicates);

    public void Refused(MessageRefusal refusal) => Interlocked.Increment(ref _refusals[(int)refusal]);

    public void Delivered() => Interlocked.Increment(ref _delivered);

    public void Dropped() => Interlocked.Increment(ref _dropped);

    public void GossipDropped() => Interlocked.Increment(ref _droppedGossip);

    public void LaggardsLeftOut(int count) => Interlocked.Add(ref _laggards, count);

    public void ControlReceived(RpcContent content) => _controlReceived.Add(content);

    public void ControlSent(RpcContent content) => _controlSent.Add(content);

    /// <summary>A peer has gone; what was sent to it counts on.</summary>
    public void PeerGone(long sent) => Interlocked.Add(ref _sentToOthers, sent);

    public void Judged(Judgement judgement)
    {
        if (judgement.IsThrottled)
            Interlocked.Increment(ref _throttled);
        if (judgement.Verdict == PubsubVerdict.Reject)
            Interlocked.Increment(ref _rejected);
        else if (judgement.Verdict == PubsubVerdict.Ignore)
            Interlocked.Increment(ref _ignored);
    }

    public GossipsubCounters Read(long sent) => new(
        Volatile.Read(ref _published), Volatile.Read(ref _received), Volatile.Read(ref _duplicates), Refusals, Volatile.Read(ref _rejected),
        Volatile.Read(ref _ignored), Volatile.Read(ref _delivered), Volatile.Read(ref _sentToOthers) + sent, Volatile.Read(ref _dropped),
        Volatile.Read(ref _laggards), Volatile.Read(ref _droppedGossip));

    /// <summary>Messages that were not taken, by why not, in the words of go-libp2p-pubsub's traces where it has any.</summary>
    public IEnumerable<(string Reason, long Count)> ReadRejections()
    {
        var throttled = Volatile.Read(ref _throttled);
        return
        [
            .. Enum.GetValues<MessageRefusal>().Where(r => r != MessageRefusal.None).Select(r => (Name(r), Volatile.Read(ref _refusals[(int)r]))),
            ("validation failed", Volatile.Read(ref _rejected)),
            ("validation ignored", Math.Max(0, Volatile.Read(ref _ignored) - throttled)),
            ("validation throttled", throttled),
        ];
    }

    /// <summary>Entries of control, by direction and kind.</summary>
    public IEnumerable<(string Direction, string Kind, long Count)> ReadControl() =>
        [.. _controlReceived.Read().Select(c => ("inbound", c.Kind, c.Count)), .. _controlSent.Read().Select(c => ("outbound", c.Kind, c.Count))];

    private static string Name(MessageRefusal refusal) => refusal switch
    {
        MessageRefusal.TooLarge => "too large",
        MessageRefusal.Unsigned => "missing signature",
        MessageRefusal.Signed => "unexpected signature",
        MessageRefusal.WrongKey => "invalid key",
        MessageRefusal.WrongSignature => "invalid signature",
        MessageRefusal.NoId => "no id",
        MessageRefusal.Blocked => "blacklisted source",
        MessageRefusal.OwnMessage => "self originated message",
        _ => "malformed",
    };

    /// <summary>Entries of control that went one way.</summary>
    private sealed class ControlCounts
    {
        private long _subscriptions, _grafts, _prunes, _haves, _wants, _dontWants;

        public void Add(RpcContent content)
        {
            Add(ref _subscriptions, content.Subscriptions.Count);
            Add(ref _grafts, content.Graft.Count);
            Add(ref _prunes, content.Prune.Count);
            Add(ref _haves, content.IHave.Count);
            Add(ref _wants, content.IWant.Count);
            Add(ref _dontWants, content.IDontWant.Count);
        }

        public IEnumerable<(string Kind, long Count)> Read() =>
        [
            ("subscription", Volatile.Read(ref _subscriptions)), ("graft", Volatile.Read(ref _grafts)), ("prune", Volatile.Read(ref _prunes)),
            ("ihave", Volatile.Read(ref _haves)), ("iwant", Volatile.Read(ref _wants)), ("idontwant", Volatile.Read(ref _dontWants)),
        ];

        private static void Add(ref long counter, int count)
        {
            if (count > 0)
                Interlocked.Add(ref counter, count);
        }
    }
}
