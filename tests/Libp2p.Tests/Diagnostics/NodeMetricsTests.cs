using System.Diagnostics.Metrics;
using Libp2p.Tests.Support;
using Libp2p.Transports.Memory;

namespace Libp2p.Tests.Diagnostics;

/// <summary>What nodes measure, seen as an exporter sees it.</summary>
public sealed class NodeMetricsTests
{
    private static readonly ProtocolId Sink = "/sink/1.0.0";

    [Fact]
    public async Task Connections_streams_and_bytes_are_counted()
    {
        var network = new MemoryNetwork();
        await using var server = await StartAsync(network, listen: true);
        await using var client = await StartAsync(network);
        using var atServer = new MetricsRecorder(server.Identity.PeerId);
        using var atClient = new MetricsRecorder(client.Identity.PeerId);
        var handled = new TaskCompletionSource();
        using var handling = server.Handle(Sink, async (stream, cancellationToken) =>
        {
            var read = await stream.Input.ReadAtLeastAsync(100_000, cancellationToken);
            stream.Input.AdvanceTo(read.Buffer.End);
            Assert.Equal(["dir=inbound scope=protocol protocol=/sink/1.0.0"], atServer.Read("libp2p_rcmgr_streams").Where(m => m.Labels.Contains("scope=protocol", StringComparison.Ordinal)).Select(m => m.Labels));
            handled.SetResult();
        });
        await using var events = server.WatchAsync().GetAsyncEnumerator();

        await using (var stream = await OpenAsync(client, server))
        {
            await stream.Output.WriteAsync(new byte[100_000]);
            await handled.Task;
        }

        const string Labels = "transport=memory security=/noise muxer=/yamux/1.0.0 early_muxer=true ip_version=unknown";
        Assert.Equal([("dir=outbound " + Labels, 1.0)], Values(atClient.Of("libp2p_swarm_connections_opened_total")));
        Assert.Equal([("dir=inbound " + Labels, 1.0)], Values(atServer.Of("libp2p_swarm_connections_opened_total")));
        var handshake = Assert.Single(atClient.Of("libp2p_swarm_handshake_latency_seconds"));
        Assert.Equal(Labels, handshake.Labels);
        Assert.InRange(handshake.Value, 0.000_001, 15);
        Assert.Equal([("dir=outbound key_type=Ed25519", 1.0)], Values(atClient.Of("libp2p_swarm_key_types_total")));
        Assert.Equal([("outcome=success num_dials=1", 1.0)], Values(atClient.Of("libp2p_swarm_dials_per_peer_total")));
        Assert.Equal("outcome=success num_dials=1", Assert.Single(atClient.Of("libp2p_swarm_dial_latency_seconds")).Labels);
        Assert.InRange(Assert.Single(atClient.Of("libp2p_swarm_dial_ranking_delay_seconds")).Value, 0, 15);
        Assert.Equal([("dir=outbound protocol=/sink/1.0.0", 1.0)], Values(atClient.Of("libp2p_swarm_streams_opened_total")));
        Assert.Equal([("dir=inbound protocol=/sink/1.0.0", 1.0)], Values(atServer.Of("libp2p_swarm_streams_opened_total")));
        Assert.Equal(
            [("dir=inbound scope=system", 0.0), ("dir=outbound scope=system", 1.0)],
            Values(atClient.Read("libp2p_rcmgr_connections")));
        Assert.InRange(Bytes(atClient, "outbound"), 100_000, 200_000);
        Assert.InRange(Bytes(atServer, "inbound"), 100_000, 200_000);
        Assert.InRange(Bytes(atServer, "outbound"), 200, 20_000);

        await client.DisconnectAsync(server.Identity.PeerId);
        while (await events.MoveNextAsync() && events.Current is not ConnectionEnded)
        {
        }
        Assert.Equal([("dir=inbound " + Labels, 1.0)], Values(atServer.Of("libp2p_swarm_connections_closed_total")));
        Assert.InRange(Assert.Single(atServer.Of("libp2p_swarm_connection_duration_seconds")).Value, 0, 60);
        // What an ended connection carried stays counted.
        Assert.InRange(Bytes(atServer, "inbound"), 100_000, 200_000);
        Assert.Equal([("dir=inbound scope=system", 0.0), ("dir=outbound scope=system", 0.0)], Values(atServer.Read("libp2p_rcmgr_connections")));
    }

    [Fact]
    public async Task A_dial_that_fails_is_counted_with_its_cause()
    {
        var network = new MemoryNetwork();
        await using var server = await StartAsync(network, listen: true);
        await using var client = await StartAsync(network);
        using var recorder = new MetricsRecorder(client.Identity.PeerId);
        using var wrong = Identity.Generate();
        var address = Multiaddress.Parse($"{server.ListenAddresses[0]}/p2p/{wrong.PeerId}");

        await Assert.ThrowsAsync<DialException>(async () => await client.ConnectAsync(address));

        Assert.Equal([("transport=memory error=peer id mismatch ip_version=unknown", 1.0)], Values(recorder.Of("libp2p_swarm_dial_errors_total")));
        Assert.Equal([("outcome=failed transport=memory ip_version=unknown", 1.0)], Values(recorder.Of("libp2p_swarm_dial_attempts_total")));
        Assert.Equal([("outcome=failed num_dials=1", 1.0)], Values(recorder.Of("libp2p_swarm_dials_per_peer_total")));
        Assert.Empty(recorder.Of("libp2p_swarm_connections_opened_total"));
        Assert.Empty(recorder.Of("libp2p_swarm_dial_ranking_delay_seconds"));
    }

    [Fact]
    public async Task A_connection_that_is_refused_is_counted()
    {
        var network = new MemoryNetwork();
        await using var server = await Builder(network).Listen("/memory/7").UseGater(new DenyAll()).StartAsync();
        await using var client = await StartAsync(network);
        using var recorder = new MetricsRecorder(server.Identity.PeerId);
        await using var events = client.WatchAsync().GetAsyncEnumerator();

        // The dialler is done before the other side's gater is asked: it sees its connection end.
        await client.ConnectAsync(server.Addresses[0]);
        while (await events.MoveNextAsync() && events.Current is not ConnectionEnded)
        {
        }

        Assert.Equal([("dir=inbound resource=connection", 1.0)], Values(recorder.Of("libp2p_rcmgr_blocked_resources")));
    }

    [Fact]
    public async Task What_peers_say_of_themselves_is_counted_and_what_they_say_unasked_too()
    {
        var network = new MemoryNetwork();
        await using var server = await Builder(network).AddIdentify().Listen("/memory/7").StartAsync();
        await using var client = await Builder(network).AddIdentify(new() { PushDelay = TimeSpan.FromMilliseconds(1) }).StartAsync();
        using var recorder = new MetricsRecorder(server.Identity.PeerId);
        using var ofClient = new MetricsRecorder(client.Identity.PeerId);
        var (events, asked, pushed) = (server.WatchAsync(), server.WatchAsync(), client.WatchAsync());
        await client.ConnectAsync(server.Addresses[0]);
        await events.FirstAsync<PeerIdentified>(e => !e.IsPush);
        await asked.FirstAsync<IdentifySent>(e => !e.IsPush);
        events = server.WatchAsync();
        // The client is asked when the server says what it takes: pushes are among that.
        using var handling = client.Handle(Sink, (_, _) => Task.CompletedTask);
        await events.FirstAsync<PeerIdentified>(e => e.IsPush);
        await pushed.FirstAsync<IdentifySent>(e => e.IsPush);

        Assert.Equal([("dir=inbound", 1.0), ("dir=outbound", 1.0)], Values(recorder.Of("libp2p_identify_identify_total")).Order());
        Assert.Equal([("dir=outbound", 1.0)], Values(ofClient.Of("libp2p_identify_identify_push_total")));
        Assert.Equal([("dir=inbound", 1.0)], Values(recorder.Of("libp2p_identify_identify_push_total")));
        Assert.Equal([("support=supported", 1.0)], Values(recorder.Of("libp2p_identify_conn_push_support_total")));
    }

    [Fact]
    public async Task A_meter_factory_makes_the_meter()
    {
        using var factory = new MeterFactory();
        await using (await Builder(new MemoryNetwork()).UseMeterFactory(factory).StartAsync())
            Assert.Equal("Libp2p", Assert.Single(factory.Made).Name);
    }

    [Fact]
    public async Task A_node_that_has_ended_measures_no_more()
    {
        var node = await StartAsync(new MemoryNetwork(), listen: true);
        using var recorder = new MetricsRecorder(node.Identity.PeerId);
        Assert.NotEmpty(recorder.Read("libp2p_rcmgr_connections"));
        await node.DisposeAsync();
        Assert.Empty(recorder.Read("libp2p_rcmgr_connections"));
    }

    private static NodeBuilder Builder(MemoryNetwork network) => Libp2pNode.CreateBuilder().UseMemory(network).UseNoise().UseYamux();

    private static async Task<Libp2pNode> StartAsync(MemoryNetwork network, bool listen = false) =>
        listen ? await Builder(network).Listen("/memory/7").StartAsync() : await Builder(network).StartAsync();

    private static async Task<PeerStream> OpenAsync(Libp2pNode client, Libp2pNode server)
    {
        var connection = await client.ConnectAsync(server.Addresses[0]);
        return await client.OpenStreamAsync(connection.RemotePeer, Sink);
    }

    private static double Bytes(MetricsRecorder recorder, string direction) =>
        Assert.Single(recorder.Read("libp2p_bandwidth_bytes_total"), m => m.Labels == "dir=" + direction).Value;

    private static IEnumerable<(string, double)> Values(IEnumerable<MetricsRecorder.Measured> measured) => measured.Select(m => (m.Labels, m.Value));

    private sealed class DenyAll : IConnectionGater
    {
        public bool AllowPeer(PeerId peer, Multiaddress remoteAddress, Role role) => false;
    }
}
