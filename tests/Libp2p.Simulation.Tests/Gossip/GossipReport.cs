using Libp2p.Protocols.Gossipsub;

namespace Libp2p.Simulation.Tests.Gossip;

/// <summary>What became of the messages of a run, among its honest nodes.</summary>
sealed class GossipReport
{
    readonly Dictionary<PubsubMessageId, Published> _messages = [];
    readonly List<long> _delays = [];

    /// <summary>Copies of messages that arrived, the first of each among them.</summary>
    public long Copies { get; private set; }

    /// <summary>First copies that were delivered.</summary>
    public long Deliveries => _delays.Count;

    /// <summary>Messages that a full queue did not take.</summary>
    public long Dropped { get; set; }

    /// <summary>Messages that were taken back since the peer did not want them.</summary>
    public long Cancelled { get; set; }

    public int Messages => _messages.Count;

    /// <summary>The share of all deliveries that were due and came.</summary>
    public double DeliveredShare => (double)Deliveries / _messages.Values.Sum(m => (long)m.Due);

    /// <summary>The share of messages that reached everyone.</summary>
    public double CompleteShare => (double)_messages.Values.Count(m => m.Delivered == m.Due) / _messages.Count;

    public double CopiesPerDelivery => (double)Copies / Deliveries;

    /// <summary>The delay that so many deliveries do not exceed, of those that came.</summary>
    public TimeSpan Percentile(double share)
    {
        _delays.Sort();
        return TimeSpan.FromTicks(_delays[Math.Min((int)(_delays.Count * share), _delays.Count - 1)]);
    }

    public void Publish(GossipNode author, GossipMessage message, int due, TimeSpan now) => _messages.Add(message.Id, new Published(author, _messages.Count, due, now));

    public void Arrived(GossipNode at, GossipMessage message)
    {
        if (!at.IsHostile && _messages.ContainsKey(message.Id))
            Copies++;
    }

    /// <summary>Counts a delivery; gives the message's number.</summary>
    public int Delivered(GossipNode to, GossipMessage message, TimeSpan now)
    {
        if (to.IsHostile || !_messages.TryGetValue(message.Id, out var published) || to == published.Author)
            return -1;
        published.Delivered++;
        _delays.Add((now - published.At).Ticks);
        return published.Number;
    }

    public override string ToString() =>
        FormattableString.Invariant($"{Messages} messages, {Deliveries} deliveries: {DeliveredShare:P3} of those due, {CompleteShare:P2} of messages reached all; ")
        + FormattableString.Invariant($"p50 {Percentile(0.5).TotalMilliseconds:0} ms, p99 {Percentile(0.99).TotalMilliseconds:0} ms, max {Percentile(1).TotalMilliseconds:0} ms; ")
        + FormattableString.Invariant($"{CopiesPerDelivery:0.00} copies a delivery; {Dropped} dropped, {Cancelled} taken back");

    sealed class Published(GossipNode author, int number, int due, TimeSpan at)
    {
        public GossipNode Author { get; } = author;

        public int Number { get; } = number;

        public int Due { get; } = due;

        public TimeSpan At { get; } = at;

        public int Delivered { get; set; }
    }
}
