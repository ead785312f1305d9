using System.Buffers;
using System.Globalization;
using System.Runtime;
using System.Text.Json.Nodes;
using Libp2p.Benchmarks.Macro.Processes;
using Libp2p.Muxers.Mplex;
using Libp2p.Muxers.Yamux;
using Libp2p.Protocols.Gossipsub;
using Libp2p.Protocols.Identify;
using Libp2p.Protocols.Perf;
using Libp2p.Protocols.Ping;
using Libp2p.Security.PrivateNetwork;
using Microsoft.Extensions.Logging;

namespace Libp2p.Benchmarks.Macro.Peer;

/// <summary>The node of this process: TCP and what the flags say, everything served that is measured, limits raised.</summary>
internal sealed class PeerNode : IAsyncDisposable
{
    public static readonly ProtocolId EchoProtocol = "/echo/1.0.0";

    /// <summary>What every node of this process speaks.</summary>
    public static Stack Stack { get; set; } = new();

    private const int Raised = 100_000;

    private PeerNode(Libp2pNode node, RawServer? raw)
    {
        Node = node;
        Raw = raw;
        node.Handle(EchoProtocol, EchoAsync);
        node.Handle(SlowReader.Protocol, Slow.ServeAsync);
    }

    public Libp2pNode Node { get; }

    /// <summary>The bare socket beside the node, against which the node is measured; only where it listens.</summary>
    public RawServer? Raw { get; }

    public SlowReader Slow { get; } = new();

    public static async Task<PeerNode> StartAsync(bool listen)
    {
        var builder = Builder()
            .Add(c => new IdentifyService(null, c.TimeProvider, c.LoggerFactory.CreateLogger<IdentifyService>()))
            .Add(c => new PingService(c.TimeProvider, new PingOptions { MaxInboundStreamsPerPeer = Raised }))
            .AddPerf(new PerfOptions { Serve = true, MaxInboundStreamsPerPeer = Raised });
        if (Stack.Pubsub is not null)
            builder.AddGossipsub(new GossipsubOptions { SignaturePolicy = Stack.Signs ? SignaturePolicy.StrictSign : SignaturePolicy.StrictNoSign });
        if (listen)
            builder.Listen("/ip4/127.0.0.1/tcp/0" + Stack.Over);
        return new PeerNode(await builder.StartAsync(), listen ? new RawServer() : null);
    }

    /// <summary>A node that only dials: no services, so that nothing but the connection is measured.</summary>
    public static Task<Libp2pNode> StartDialerAsync() => Builder().StartAsync();

    /// <summary>One of several nodes in this process that publish and subscribe.</summary>
    public static Task<Libp2pNode> StartPubsubAsync() => Builder().AddIdentify().AddGossipsub().Listen("/ip4/127.0.0.1/tcp/0").StartAsync();

    /// <summary>What this process holds and has allocated. The collection comes with two trims of the pool, which a node does by itself every ten seconds.</summary>
    public JsonObject Memory(bool collect)
    {
        if (collect)
            Collect(Node);
        return new JsonObject { ["rss"] = Resident(), ["heap"] = GC.GetTotalMemory(false), ["allocated"] = GC.GetTotalAllocatedBytes(precise: true) };
    }

    public static void Collect(params IEnumerable<Libp2pNode> nodes)
    {
        foreach (var node in nodes)
        {
            node.Pool.Trim();
            node.Pool.Trim();
        }
        GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    /// <summary>VmRSS, in bytes.</summary>
    public static long Resident()
    {
        var line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }

    public async ValueTask DisposeAsync()
    {
        Raw?.Dispose();
        await Node.DisposeAsync();
    }

    private static NodeBuilder Builder() => Multiplexed(Secured(Carried(Libp2pNode.CreateBuilder().UseTcp())))
        .Configure(options =>
        {
            options.Limits.MaxConnections = Raised;
            options.Pruner.HighWater = int.MaxValue;
            options.Limits.MaxConnectionsPerPeer = Raised;
            options.Limits.MaxConnectionsPerAddress = Raised;
            options.Limits.MaxStreams = Raised;
            options.Limits.MaxStreamsPerPeer = Raised;
            options.Limits.MaxStreamsPerProtocol = Raised;
            options.Limits.MaxNegotiating = Raised;
            options.Limits.MaxBuffered = 4L << 30;
            options.Upgrade.MaxInbound = 1_000;
            options.Upgrade.AllowManyPerAddress = true;
        });

    private static NodeBuilder Carried(NodeBuilder builder)
    {
        if (Stack.SwarmKey is { } file)
            builder.UsePrivateNetwork(PrivateNetworkKey.Parse(File.ReadAllBytes(file)));
        return Stack.Over.Length > 0 ? builder.UseWebSocket() : builder;
    }

    private static NodeBuilder Secured(NodeBuilder builder) => Stack.Security switch
    {
        "noise" => builder.UseNoise(),
        "tls" => builder.UseTls(),
        "secio" => builder.UseLegacySecio(),
        "plaintext" => builder.UsePlaintext(),
        var name => throw new InvalidOperationException($"there is no security protocol {name}"),
    };

    private static NodeBuilder Multiplexed(NodeBuilder builder) => Stack.Muxer switch
    {
        "yamux" => builder.UseYamux(new YamuxOptions
        {
            MaxInboundStreams = Raised,
            MaxUnacknowledged = Raised,
            AbandonedStreamsPerSecond = Raised,
            AbandonedStreamsBurst = Raised,
            MaxBuffered = 1L << 30,
        }),
        "mplex" => builder.UseMplex(new MplexOptions { MaxInboundStreams = Raised, MaxBuffered = 1L << 30 }),
        var name => throw new InvalidOperationException($"there is no muxer {name}"),
    };

    private static async Task EchoAsync(PeerStream stream, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await stream.Input.ReadAsync(cancellationToken);
            foreach (var segment in read.Buffer)
                stream.Output.Write(segment.Span);
            stream.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return;
            await stream.Output.FlushAsync(cancellationToken);
        }
    }
}
