using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Libp2p.Diagnostics;

/// <summary>
/// The instruments of one node. Names and labels are those of go-libp2p where it has them, so that its dashboards show our
/// nodes too. Nothing is built for an instrument that nobody listens to.
/// </summary>
internal sealed class NodeMetrics : IDisposable
{
    private static readonly InstrumentAdvice<double> Handshakes = Buckets(Enumerable.Range(0, 35).Select(i => 0.001 * Math.Pow(1.3, i)));
    private static readonly InstrumentAdvice<double> Lifetimes = Buckets(Enumerable.Range(0, 25).Select(i => Math.Pow(2, i) / 16));
    private static readonly InstrumentAdvice<double> Dials = Buckets([0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2]);

    // The rooms of protocols are not seen from here.
    private static readonly ProtocolId IdentifyPush = "/ipfs/id/push/1.0.0";

    private readonly NodeReadings _readings;
    private readonly TimeProvider _time;
    private readonly Counter<long> _opened;
    private readonly Counter<long> _closed;
    private readonly Histogram<double> _lifetime;
    private readonly Histogram<double> _handshake;
    private readonly Counter<long> _keyTypes;
    private readonly Counter<long> _dials;
    private readonly Histogram<double> _dialLatency;
    private readonly Histogram<double> _rankingDelay;
    private readonly Counter<long> _attempts;
    private readonly Counter<long> _dialErrors;
    private readonly Counter<long> _streams;
    private readonly Counter<long> _blocked;
    private readonly Counter<long> _pruned;
    private readonly Counter<long> _identified;
    private readonly Counter<long> _pushed;
    private readonly Counter<long> _pushSupport;
    private readonly Histogram<int> _protocolsReceived;
    private readonly Histogram<int> _addressesReceived;
    private bool _disposed;

    /// <summary>Creates it.</summary>
    /// <param name="meter">The node's meter.</param>
    /// <param name="readings">What is read when somebody collects.</param>
    /// <param name="time">The node's clock.</param>
    public NodeMetrics(Meter meter, NodeReadings readings, TimeProvider time)
    {
        _readings = readings;
        _time = time;
        _opened = meter.CreateCounter<long>("libp2p_swarm_connections_opened_total", description: "Connections opened");
        _closed = meter.CreateCounter<long>("libp2p_swarm_connections_closed_total", description: "Connections closed");
        _lifetime = meter.CreateHistogram("libp2p_swarm_connection_duration_seconds", "s", "How long a connection lasted", advice: Lifetimes);
        _handshake = meter.CreateHistogram("libp2p_swarm_handshake_latency_seconds", "s", "From the dial or the accept to being ready for streams", advice: Handshakes);
        _keyTypes = meter.CreateCounter<long>("libp2p_swarm_key_types_total", description: "Connections by the type of the peer's key");
        _dials = meter.CreateCounter<long>("libp2p_swarm_dials_per_peer_total", description: "Dials of a peer by outcome and number of addresses tried");
        _dialLatency = meter.CreateHistogram("libp2p_swarm_dial_latency_seconds", "s", "From the call to a connection with the peer", advice: Dials);
        _rankingDelay = meter.CreateHistogram("libp2p_swarm_dial_ranking_delay_seconds", "s", "How long the address that succeeded waited for its turn among the peer's addresses", advice: Dials);
        _attempts = meter.CreateCounter<long>("libp2p_swarm_dial_attempts_total", description: "Attempts at one address by outcome");
        _dialErrors = meter.CreateCounter<long>("libp2p_swarm_dial_errors_total", description: "Attempts at one address that gave no connection");
        _streams = meter.CreateCounter<long>("libp2p_swarm_streams_opened_total", description: "Streams opened, by protocol");
        _blocked = meter.CreateCounter<long>("libp2p_rcmgr_blocked_resources", description: "What a limit or the gater refused");
        _pruned = meter.CreateCounter<long>("libp2p_swarm_connections_pruned_total", description: "Connections that this node closed because there were too many, or they were idle");
        _identified = meter.CreateCounter<long>("libp2p_identify_identify_total", description: "Answers of identify");
        _pushed = meter.CreateCounter<long>("libp2p_identify_identify_push_total", description: "Changes that peers told by themselves");
        _pushSupport = meter.CreateCounter<long>("libp2p_identify_conn_push_support_total", description: "Connections by whether the peer takes pushes");
        _protocolsReceived = meter.CreateHistogram<int>("libp2p_identify_protocols_received", description: "Protocols that a peer said it serves");
        _addressesReceived = meter.CreateHistogram<int>("libp2p_identify_addrs_received", description: "Addresses that are known of a peer once it said its own");
        meter.CreateObservableUpDownCounter("libp2p_rcmgr_connections", ReadConnections, description: "Open connections");
        meter.CreateObservableUpDownCounter("libp2p_rcmgr_streams", ReadStreams, description: "Open streams");
        meter.CreateObservableUpDownCounter("libp2p_rcmgr_memory", ReadMemory, "By", "Buffers in use");
        meter.CreateObservableCounter("libp2p_bandwidth_bytes_total", ReadBytes, "By", "What links have carried, handshakes and frames included");
        meter.CreateObservableUpDownCounter("libp2p_identify_protocols_count", () => readings.Protocols(), description: "Protocols that this node serves");
        meter.CreateObservableUpDownCounter("libp2p_identify_addrs_count", () => readings.Addresses(), description: "Addresses that this node tells others");
    }

    /// <summary>Makes the meter of a node.</summary>
    /// <param name="factory">Makes it, and owns it; null to make one that is the caller's to dispose of.</param>
    /// <param name="peer">The node.</param>
    public static Meter CreateMeter(IMeterFactory? factory, PeerId peer)
    {
        var options = new MeterOptions(Libp2pDiagnostics.MeterName)
        {
            Version = typeof(NodeMetrics).Assembly.GetName().Version?.ToString(3),
            Tags = [new("peer", peer.ToString())],
        };
        return factory?.Create(options) ?? new Meter(options);
    }

    /// <summary>Takes what the node tells its watchers.</summary>
    public void Observe(NodeEvent nodeEvent)
    {
        switch (nodeEvent)
        {
            case ConnectionOpened opened:
                Opened(opened.Connection);
                break;
            case ConnectionEnded ended:
                Ended(ended.Connection);
                break;
            case PeerIdentified identified:
                Identified(identified);
                break;
            case IdentifySent sent:
                CountIdentify(sent.IsPush, sent.IsPush ? Role.Dialer : Role.Listener);
                break;
        }
    }

    /// <summary>A dial of a peer has ended.</summary>
    /// <param name="outcome">success, failed, or canceled where nobody waited any more.</param>
    /// <param name="attempts">How many addresses were tried.</param>
    /// <param name="duration">Of all of it.</param>
    /// <param name="rankingDelay">How long the address that succeeded waited for its turn; null where none did.</param>
    public void DialEnded(string outcome, int attempts, TimeSpan duration, TimeSpan? rankingDelay)
    {
        if (rankingDelay is { } delay)
            _rankingDelay.Record(delay.TotalSeconds);
        if (!_dials.Enabled && !_dialLatency.Enabled)
            return;
        KeyValuePair<string, object?> result = new("outcome", outcome), count = new("num_dials", MetricLabels.Attempts(attempts));
        _dials.Add(1, result, count);
        _dialLatency.Record(duration.TotalSeconds, result, count);
    }

    /// <summary>An attempt at one address has ended.</summary>
    /// <param name="address">Which.</param>
    /// <param name="outcome">success, failed, canceled, or late.</param>
    /// <param name="error">Why it gave no connection; null where it gave one.</param>
    public void AttemptEnded(Multiaddress address, string outcome, string? error)
    {
        if (!_attempts.Enabled && !_dialErrors.Enabled)
            return;
        KeyValuePair<string, object?> transport = new("transport", MetricLabels.Transport(address)), version = new("ip_version", MetricLabels.IpVersion(address));
        _attempts.Add(1, new("outcome", outcome), transport, version);
        if (error is not null)
            _dialErrors.Add(1, transport, new("error", error), version);
    }

    /// <summary>A stream was opened.</summary>
    /// <param name="opener">The side that opened it: the dialler for one of ours.</param>
    /// <param name="protocol">For what: one that this node serves, or asked for.</param>
    public void StreamOpened(Role opener, ProtocolId protocol)
    {
        if (_streams.Enabled)
            _streams.Add(1, new("dir", MetricLabels.Direction(opener)), new("protocol", protocol.ToString()));
    }

    /// <summary>A limit or the gater refused a connection.</summary>
    public void ConnectionBlocked(Role role) => Blocked(role, "connection");

    /// <summary>A limit refused a stream that a peer opened.</summary>
    public void StreamBlocked() => Blocked(Role.Listener, "stream");

    /// <summary>The pruner closes a connection.</summary>
    /// <param name="reason">too many, or idle.</param>
    public void ConnectionPruned(string reason) => _pruned.Add(1, new KeyValuePair<string, object?>("reason", reason));

    /// <summary>Reads no more: the meter may be a factory's, and live on.</summary>
    public void Dispose() => _disposed = true;

    private static InstrumentAdvice<double> Buckets(IEnumerable<double> boundaries) => new() { HistogramBucketBoundaries = [.. boundaries] };

    private void Opened(ConnectionInfo connection)
    {
        if (_opened.Enabled)
            _opened.Add(1, Labels(connection, withDirection: true));
        if (_handshake.Enabled)
            _handshake.Record(connection.HandshakeTime.TotalSeconds, Labels(connection, withDirection: false));
        if (_keyTypes.Enabled)
            _keyTypes.Add(1, new("dir", MetricLabels.Direction(connection.Role)), new("key_type", MetricLabels.KeyType(connection.RemoteKey.Type)));
    }

    private void Identified(PeerIdentified identified)
    {
        CountIdentify(identified.IsPush, identified.IsPush ? Role.Listener : Role.Dialer);
        if (!identified.IsPush)
            _pushSupport.Add(1, new KeyValuePair<string, object?>("support", identified.Info.Protocols.Contains(IdentifyPush) ? "supported" : "not supported"));
        _protocolsReceived.Record(identified.Info.Protocols.Count);
        _addressesReceived.Record(identified.Info.Addresses.Count);
    }

    /// <summary>Counts a message by its stream's direction: whoever asks opens it, and so does whoever pushes.</summary>
    private void CountIdentify(bool isPush, Role role) =>
        (isPush ? _pushed : _identified).Add(1, new KeyValuePair<string, object?>("dir", MetricLabels.Direction(role)));

    private void Ended(ConnectionInfo connection)
    {
        if (!_closed.Enabled && !_lifetime.Enabled)
            return;
        var labels = Labels(connection, withDirection: true);
        _closed.Add(1, labels);
        _lifetime.Record(Math.Max(0, (_time.GetUtcNow() - connection.OpenedAt).TotalSeconds), labels);
    }

    private void Blocked(Role role, string resource) =>
        _blocked.Add(1, new("dir", MetricLabels.Direction(role)), new("resource", resource));

    private static TagList Labels(ConnectionInfo connection, bool withDirection)
    {
        var labels = new TagList();
        if (withDirection)
            labels.Add("dir", MetricLabels.Direction(connection.Role));
        labels.Add("transport", MetricLabels.Transport(connection.LocalAddress));
        labels.Add("security", connection.Security.ToString());
        labels.Add("muxer", connection.Muxer.ToString());
        labels.Add("early_muxer", connection.EarlyMuxer ? "true" : "false");
        labels.Add("ip_version", MetricLabels.IpVersion(connection.LocalAddress));
        return labels;
    }

    private IEnumerable<Measurement<long>> ReadConnections()
    {
        if (_disposed)
            return [];
        var inbound = _readings.Connections().Count(c => c.Role == Role.Listener);
        var outbound = _readings.Connections().Count - inbound;
        return
        [
            new(inbound, [new("dir", "inbound"), new("scope", "system")]),
            new(outbound, [new("dir", "outbound"), new("scope", "system")]),
        ];
    }

    private IEnumerable<Measurement<long>> ReadStreams()
    {
        if (_disposed)
            return [];
        var inbound = _readings.InboundStreams();
        var all = inbound.Sum(p => p.Value);
        return
        [
            new(all, [new("dir", "inbound"), new("scope", "system"), new("protocol", "")]),
            new(Math.Max(0, _readings.Streams() - all), [new("dir", "outbound"), new("scope", "system"), new("protocol", "")]),
            .. inbound.Select(p => new Measurement<long>(p.Value, [new("dir", "inbound"), new("scope", "protocol"), new("protocol", p.Key.ToString())])),
        ];
    }

    private IEnumerable<Measurement<long>> ReadMemory() => _disposed ? [] : [new(_readings.Buffered(), [new("scope", "system"), new("protocol", "")])];

    private IEnumerable<Measurement<long>> ReadBytes()
    {
        if (_disposed)
            return [];
        var (received, sent) = _readings.Bytes();
        return [new(received, [new("dir", "inbound")]), new(sent, [new("dir", "outbound")])];
    }
}
