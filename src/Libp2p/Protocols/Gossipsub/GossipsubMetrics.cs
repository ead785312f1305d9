using System.Diagnostics.Metrics;

namespace Libp2p.Protocols.Gossipsub;

/// <summary>The instruments of gossipsub. All are read when somebody collects: until then they cost nothing.</summary>
internal sealed class GossipsubMetrics : IDisposable
{
    private readonly GossipsubStatistics _statistics;
    private readonly Func<GossipsubReadings> _read;
    private bool _disposed;

    /// <summary>Creates it.</summary>
    /// <param name="meter">The node's meter.</param>
    /// <param name="statistics">What was counted.</param>
    /// <param name="sent">Messages that were handed to connections.</param>
    /// <param name="read">Reads what there is at this moment.</param>
    public GossipsubMetrics(Meter meter, GossipsubStatistics statistics, Func<long> sent, Func<GossipsubReadings> read)
    {
        _statistics = statistics;
        _read = read;
        Count("messages_published_total", "Own messages", c => c.Published);
        Count("messages_received_total", "Messages that came, copies among them", c => c.Received);
        Count("messages_duplicate_total", "Copies of what was here, or was being checked", c => c.Duplicates);
        Count("messages_delivered_total", "Messages that came and were found good", c => c.Delivered);
        Count("messages_sent_total", "Messages that were handed to connections, one for each peer", c => c.Sent);
        Count("messages_dropped_total", "Messages to pass on for which a peer's queue had no room", c => c.Dropped);
        Count("laggards_total", "Own messages that slow peers were left out of", c => c.Laggards);
        Count("control_dropped_total", "RPCs of gossip that were dropped for slow peers", c => c.DroppedGossip);
        meter.CreateObservableCounter(Name("messages_rejected_total"), ReadRejections, description: "Messages that were not taken, by why not");
        meter.CreateObservableCounter(Name("control_total"), ReadControl, description: "Entries of control");
        Observe("peers", "Peers by the protocol that is spoken with them", r => r.Peers.Select(p => new Measurement<long>(p.Count, new KeyValuePair<string, object?>("protocol", p.Protocol))));
        Observe("peers_below", "Peers whose score is below a threshold", r => r.Below.Select(b => new Measurement<long>(b.Count, new KeyValuePair<string, object?>("threshold", b.Threshold))));
        Observe("topic_peers", "Subscribers of the topics that this node is subscribed to", r => r.Topics.Select(t => new Measurement<long>(t.Subscribers, new KeyValuePair<string, object?>("topic", t.Topic))));
        Observe("mesh_peers", "Peers in the meshes of this node", r => r.Topics.Select(t => new Measurement<long>(t.Mesh, new KeyValuePair<string, object?>("topic", t.Topic))));
        Observe("history_bytes", "Messages that are held for those who ask", r => [new(r.HistoryBytes)], "By");
        Observe("queued_bytes", "Messages that wait to be sent", r => [new(r.QueuedBytes)], "By");
        meter.CreateObservableCounter(Name("broken_promises_total"), () => Read(r => [new(r.BrokenPromises)]), description: "Messages that peers told of and did not send");

        static string Name(string name) => "libp2p_gossipsub_" + name;

        void Count(string name, string description, Func<GossipsubCounters, long> count) =>
            meter.CreateObservableCounter(Name(name), () => _disposed ? [] : (IEnumerable<Measurement<long>>)[new(count(statistics.Read(sent())))], description: description);

        void Observe(string name, string description, Func<GossipsubReadings, IEnumerable<Measurement<long>>> measure, string? unit = null) =>
            meter.CreateObservableUpDownCounter(Name(name), () => Read(measure), unit, description);
    }

    /// <summary>Reads no more.</summary>
    public void Dispose() => _disposed = true;

    private IEnumerable<Measurement<long>> Read(Func<GossipsubReadings, IEnumerable<Measurement<long>>> measure) => _disposed ? [] : measure(_read());

    private IEnumerable<Measurement<long>> ReadRejections() =>
        _disposed ? [] : _statistics.ReadRejections().Select(r => new Measurement<long>(r.Count, new KeyValuePair<string, object?>("reason", r.Reason)));

    private IEnumerable<Measurement<long>> ReadControl() =>
        _disposed ? [] : _statistics.ReadControl().Select(c => new Measurement<long>(c.Count, [new("dir", c.Direction), new("kind", c.Kind)]));
}
