using System.Buffers.Binary;
using Libp2p.Protocols.Gossipsub;
using Libp2p.Testing.Simulation;

namespace Libp2p.Simulation.Tests.Gossip;

/// <summary>Nodes that gossip on one event queue in virtual time. The same scenario gives the same run.</summary>
sealed class GossipNetwork
{
    public const string Topic = "room";

    /// <summary>Connections that a node takes from one address.</summary>
    const int MaxPerAddress = 8;

    /// <summary>Nodes around which Sybils gather, for each Sybil.</summary>
    const double VictimsPerSybil = 0.6;

    const int MaxAttempts = 50;

    readonly List<GossipNode> _nodes = [];
    readonly List<GossipConnection> _connections = [];
    readonly HashSet<PubsubMessageId> _invalid = [];
    readonly byte[] _bytes;
    int _victims;
    ulong _sequence;

    public GossipNetwork(GossipScenario scenario)
    {
        Scenario = scenario;
        Random = new Random(scenario.Seed);
        scenario.Configure(Options);
        Options.Validate();
        _bytes = new byte[scenario.MessageBytes];
    }

    public GossipScenario Scenario { get; }

    public Random Random { get; }

    public EventQueue Queue { get; } = new();

    public GossipsubOptions Options { get; } = new() { MaxMessageLength = GossipsubOptions.MaxMessageLengthLimit };

    public GossipReport Report { get; } = new();

    public IReadOnlyList<GossipNode> Nodes => _nodes;

    /// <summary>All that happened, in its order, as one number.</summary>
    public ulong TraceHash { get; private set; } = 14695981039346656037;

    public static PeerId PeerOf(int index)
    {
        // The form of the SHA-256 of a key: nobody asks for the key.
        var bytes = new byte[34];
        (bytes[0], bytes[1]) = (0x12, 32);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(2), index);
        return PeerId.TryDecode(bytes, out var peer) ? peer : throw new InvalidOperationException();
    }

    public bool IsInvalid(GossipMessage message) => _invalid.Contains(message.Id);

    public void Trace(params ReadOnlySpan<int> values)
    {
        // FNV-1a, over what happened and when.
        TraceHash = (TraceHash ^ (ulong)Queue.Now.Ticks) * 1099511628211;
        foreach (var value in values)
            TraceHash = (TraceHash ^ (uint)value) * 1099511628211;
    }

    public GossipMessage CreateMessage(GossipNode author, bool isInvalid = false)
    {
        var id = new byte[author.Id.Span.Length + sizeof(ulong)];
        author.Id.Span.CopyTo(id);
        BinaryPrimitives.WriteUInt64BigEndian(id.AsSpan(author.Id.Span.Length), ++_sequence);
        var message = new GossipMessage
        {
            Topic = Topic,
            Id = new PubsubMessageId(id),
            Part = _bytes,
            Data = _bytes,
            From = author.Id,
            SequenceNumber = _sequence,
            IsSigned = true,
        };
        if (isInvalid)
            _invalid.Add(message.Id);
        return message;
    }

    /// <summary>Builds the network, lets meshes form, lets people talk, and waits until all is quiet.</summary>
    public void Run()
    {
        Build();
        Queue.RunUntil(Scenario.WarmUp);
        var honest = _nodes.Where(n => !n.IsHostile).ToList();
        var interval = TimeSpan.FromSeconds(1 / Scenario.Rate);
        for (var i = 0; i < Scenario.Messages; i++)
        {
            Queue.At(Scenario.WarmUp + (interval * i), () =>
            {
                var author = honest[Random.Next(honest.Count)];
                var message = CreateMessage(author);
                Report.Publish(author, message, honest.Count - 1, Queue.Now);
                author.Publish(message);
            });
        }
        Queue.RunUntil(Scenario.WarmUp + (interval * Scenario.Messages) + TimeSpan.FromSeconds(15));
    }

    void Build()
    {
        var hostile = (int)(Scenario.Nodes * Scenario.Hostile);
        for (var i = 0; i < Scenario.Nodes; i++)
        {
            var node = i < hostile ? CreateHostile(i) : new GossipNode(this, i, new AddressKey((ulong)i + 1, false));
            _nodes.Add(node);
            Queue.At(Scenario.Spread * i, node.Start);
        }
        _victims = (int)(_nodes.OfType<Sybil>().Count() * VictimsPerSybil) + 1;
        foreach (var node in _nodes)
        {
            for (var i = 0; i < Scenario.Dials; i++)
                Queue.At((Scenario.Spread * (node is Sybil ? _nodes.Count : node.Index)) + Within(4), () => Dial(node));
        }
        foreach (var node in _nodes.OfType<SilentNode>())
            Queue.At(Scenario.WarmUp - TimeSpan.FromSeconds(20) + Within(1), () => Attack(node));
        Queue.At(Scenario.WarmUp, Cut);
    }

    GossipNode CreateHostile(int index)
    {
        var address = new AddressKey((ulong)index + 1, false);
        return (index % 5) switch
        {
            0 => new SilentNode(this, index, address),
            1 => new IHaveFlooder(this, index, address),
            2 => new GraftFlooder(this, index, address),
            3 => new InvalidSpammer(this, index, address),
            _ => new Sybil(this, index, new AddressKey(0, false)),
        };
    }

    void Attack(SilentNode node)
    {
        node.Attack();
        Queue.After(TimeSpan.FromSeconds(1), () => Attack(node));
    }

    void Dial(GossipNode node)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            // Sybils gather around few. A node can only be dialled once it has come.
            var target = node is Sybil ? _nodes[^(1 + Random.Next(_victims))] : _nodes[Random.Next(_nodes.Count)];
            if (target == node || Queue.Now < Scenario.Spread * target.Index || target.IsConnectedTo(node) || target.CountFrom(node.Address) >= MaxPerAddress)
                continue;
            var latency = Scenario.MinLatency + ((Scenario.MaxLatency - Scenario.MinLatency) * Random.NextDouble());
            var connection = new GossipConnection(node, target, latency);
            _connections.Add(connection);
            connection.Open();
            return;
        }
    }

    /// <summary>Cuts some connections every second; who had opened one opens another.</summary>
    void Cut()
    {
        var due = _connections.Count * Scenario.CutsPerMinute / 60;
        for (var count = (int)due + (Random.NextDouble() < due % 1 ? 1 : 0); count > 0 && _connections.Count > 0; count--)
        {
            var index = Random.Next(_connections.Count);
            var connection = _connections[index];
            _connections[index] = _connections[^1];
            _connections.RemoveAt(_connections.Count - 1);
            connection.Cut();
            Queue.After(TimeSpan.FromSeconds(1) + Within(2), () => Dial(connection.Dialer));
        }
        Queue.After(TimeSpan.FromSeconds(1), Cut);
    }

    TimeSpan Within(double seconds) => TimeSpan.FromSeconds(Random.NextDouble() * seconds);
}
