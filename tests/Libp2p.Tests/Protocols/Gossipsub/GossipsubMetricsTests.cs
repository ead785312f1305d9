using Libp2p.Protocols.Gossipsub;
using Libp2p.Testing;
using Libp2p.Tests.Diagnostics;
using Libp2p.Transports.Memory;

namespace Libp2p.Tests.Protocols.Gossipsub;

public sealed class GossipsubMetricsTests
{
    private const string Topic = "room";

    [Fact]
    public async Task Messages_control_and_meshes_are_measured()
    {
        var network = new MemoryNetwork();
        await using var a = await StartAsync(network, 1);
        await using var b = await StartAsync(network, 2);
        using var atA = new MetricsRecorder(a.Identity.PeerId);
        using var atB = new MetricsRecorder(b.Identity.PeerId);
        var (publisher, listener) = (a.Get<GossipsubService>(), b.Get<GossipsubService>());
        using var own = publisher.Subscribe(Topic);
        using var subscription = listener.Subscribe(Topic);
        using var validator = listener.AddValidator(Topic, (message, _) => new(message.Data.Span[0] switch { 1 => PubsubVerdict.Reject, 2 => PubsubVerdict.Ignore, _ => PubsubVerdict.Accept }));
        await a.ConnectAsync(b.Addresses[0], TestContext.Current.CancellationToken);
        await UntilAsync(() => Mesh(publisher) == 1 && Mesh(listener) == 1);
        for (byte i = 0; i < 4; i++)
            await publisher.PublishAsync(Topic, new[] { i }, TestContext.Current.CancellationToken);
        await UntilAsync(() => listener.Inspect().Counters is { Delivered: 2, Rejected: 1, Ignored: 1 });

        Assert.Equal([("", 4.0)], Values(atA.Read("libp2p_gossipsub_messages_published_total")));
        Assert.Equal([("", 4.0)], Values(atA.Read("libp2p_gossipsub_messages_sent_total")));
        Assert.Equal([("", 4.0)], Values(atB.Read("libp2p_gossipsub_messages_received_total")));
        Assert.Equal([("", 2.0)], Values(atB.Read("libp2p_gossipsub_messages_delivered_total")));
        Assert.Equal([("reason=validation failed", 1.0), ("reason=validation ignored", 1.0)], Values(atB.Read("libp2p_gossipsub_messages_rejected_total")).Where(v => v.Item2 > 0));
        foreach (var name in new[] { "messages_dropped_total", "messages_duplicate_total", "laggards_total", "control_dropped_total", "broken_promises_total", "queued_bytes" })
            Assert.Equal([("", 0.0)], Values(atB.Read("libp2p_gossipsub_" + name)));
        Assert.Equal([("topic=room", 1.0)], Values(atB.Read("libp2p_gossipsub_mesh_peers")));
        Assert.Equal([("topic=room", 1.0)], Values(atB.Read("libp2p_gossipsub_topic_peers")));
        Assert.Equal([("protocol=/meshsub/1.2.0", 1.0)], Values(atB.Read("libp2p_gossipsub_peers")).Where(v => v.Item2 > 0));
        // Whoever sent what the validator found bad is below zero, and no further.
        Assert.Equal([("threshold=zero", 1.0)], Values(atB.Read("libp2p_gossipsub_peers_below")).Where(v => v.Item2 > 0).Take(1));
        Assert.True(Values(atB.Read("libp2p_gossipsub_history_bytes")).Single().Item2 > 0);
        var control = Values(atB.Read("libp2p_gossipsub_control_total")).Where(v => v.Item2 > 0).Select(v => v.Item1).ToList();
        Assert.Contains("dir=inbound kind=subscription", control);
        Assert.Contains("dir=outbound kind=subscription", control);
        Assert.Contains(control, c => c.EndsWith("kind=graft", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_is_refused_is_measured_by_its_reason()
    {
        var network = new MemoryNetwork();
        await using var a = await StartAsync(network, 1, new GossipsubOptions { SignaturePolicy = SignaturePolicy.StrictNoSign });
        await using var b = await StartAsync(network, 2);
        using var atB = new MetricsRecorder(b.Identity.PeerId);
        using var subscription = b.Get<GossipsubService>().Subscribe(Topic);
        await a.ConnectAsync(b.Addresses[0], TestContext.Current.CancellationToken);
        await UntilAsync(() => a.Get<GossipsubService>().GetSubscribers(Topic).Count == 1);
        await a.Get<GossipsubService>().PublishAsync(Topic, "nobody's"u8.ToArray(), TestContext.Current.CancellationToken);
        await UntilAsync(() => b.Get<GossipsubService>().Inspect().Counters.Refused == 1);
        Assert.Equal(["reason=missing signature"], Values(atB.Read("libp2p_gossipsub_messages_rejected_total")).Where(v => v.Item2 > 0).Select(v => v.Item1));
    }

    [Fact]
    public async Task A_node_that_has_ended_measures_no_more()
    {
        using var factory = new MeterFactory();
        var node = await Builder(new MemoryNetwork(), 1, new()).UseMeterFactory(factory).StartAsync(TestContext.Current.CancellationToken);
        using var recorder = new MetricsRecorder(node.Identity.PeerId);
        Assert.NotEmpty(recorder.Read("libp2p_gossipsub_messages_published_total"));
        await node.DisposeAsync();
        foreach (var name in new[] { "messages_published_total", "messages_rejected_total", "control_total", "peers", "broken_promises_total" })
            Assert.Empty(recorder.Read("libp2p_gossipsub_" + name));
    }

    private static int Mesh(GossipsubService service) => service.Inspect().Topics.SingleOrDefault(t => t.Name == Topic)?.Mesh.Count ?? 0;

    private static NodeBuilder Builder(MemoryNetwork network, int port, GossipsubOptions options)
    {
        // No heartbeat between what is done and what is read: it would prune who is below zero, bring messages again, forget them.
        options.HeartbeatInterval = TimeSpan.FromHours(1);
        return Libp2pNode.CreateBuilder().UseMemory(network).UseNoise().UseYamux().AddIdentify().AddGossipsub(options).Listen($"/memory/{port}");
    }

    private static Task<Libp2pNode> StartAsync(MemoryNetwork network, int port, GossipsubOptions? options = null) =>
        Builder(network, port, options ?? new()).StartAsync(TestContext.Current.CancellationToken);

    private static IEnumerable<(string, double)> Values(IEnumerable<MetricsRecorder.Measured> measured) => measured.Select(m => (m.Labels, m.Value));

    private static async Task UntilAsync(Func<bool> condition)
    {
        var patience = Support.TestNodes.Patience;
        while (!condition())
            await Task.Delay(5, patience);
    }
}
