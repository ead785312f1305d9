using System.Collections.Concurrent;
using System.Diagnostics;
using Libp2p.Transports.Memory;

namespace Libp2p.Tests.Diagnostics;

public sealed class NodeActivitiesTests : IDisposable
{
    private readonly ActivitySource _test = new("Libp2p.Tests." + Guid.NewGuid());
    private readonly ConcurrentQueue<Activity> _stopped = [];
    private readonly ActivityListener _listener;

    public NodeActivitiesTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Libp2p" || source == _test,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = _stopped.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _test.Dispose();
    }

    [Fact]
    public async Task A_dial_is_traced_with_its_upgrade_under_the_caller()
    {
        var network = new MemoryNetwork();
        await using var server = await Builder(network).Listen("/memory/1").StartAsync();
        await using var client = await Builder(network).StartAsync();
        using var caller = _test.StartActivity("caller")!;
        var connection = await client.ConnectAsync(server.Addresses[0]);

        var dial = Assert.Single(_stopped, a => a.OperationName == "libp2p.dial" && a.TraceId == caller.TraceId);
        Assert.Equal(caller.SpanId, dial.ParentSpanId);
        Assert.Equal(ActivityStatusCode.Ok, dial.Status);
        Assert.Equal(server.Identity.PeerId.ToString(), dial.GetTagItem("libp2p.peer"));
        var upgrade = Assert.Single(_stopped, a => a.OperationName == "libp2p.upgrade" && a.TraceId == caller.TraceId);
        Assert.Equal(dial.SpanId, upgrade.ParentSpanId);
        Assert.Equal("outbound", upgrade.GetTagItem("libp2p.dir"));
        Assert.Equal(connection.Security.ToString(), upgrade.GetTagItem("libp2p.security"));
    }

    [Fact]
    public async Task What_was_under_way_at_the_start_or_the_dial_does_not_live_on_in_handlers()
    {
        var network = new MemoryNetwork();
        var current = new TaskCompletionSource<Activity?>();
        Libp2pNode server, client;
        IAsyncEnumerator<NodeEvent> events;
        using (_test.StartActivity("start"))
        {
            server = await Builder(network).Listen("/memory/2").StartAsync();
            events = server.WatchAsync().GetAsyncEnumerator();
            client = await Builder(network).StartAsync();
            client.Handle("/back/1.0.0", (_, _) =>
            {
                current.SetResult(Activity.Current);
                return Task.CompletedTask;
            });
            await client.ConnectAsync(server.Addresses[0]);
        }
        await using (server)
        await using (client)
        await using (events)
        {
            while (server.Peers.Count == 0 && await events.MoveNextAsync())
            {
            }
            await using var stream = await server.OpenStreamAsync(client.Identity.PeerId, "/back/1.0.0");
            await stream.Output.FlushAsync();
            Assert.Null(await current.Task);
        }
        Assert.All(_stopped.Where(a => a.Kind == ActivityKind.Server), a => Assert.Null(a.Parent));
    }

    [Fact]
    public async Task A_dial_that_fails_says_why()
    {
        await using var client = await Builder(new MemoryNetwork()).StartAsync();
        using var caller = _test.StartActivity("caller")!;
        var failure = await Assert.ThrowsAsync<DialException>(async () => await client.ConnectAsync(Multiaddress.Parse("/memory/9")));

        var dial = Assert.Single(_stopped, a => a.OperationName == "libp2p.dial" && a.TraceId == caller.TraceId);
        Assert.Equal(ActivityStatusCode.Error, dial.Status);
        Assert.Equal(failure.Message, dial.StatusDescription);
        Assert.Equal(failure.Error.ToString(), dial.GetTagItem("error.type"));
    }

    private static NodeBuilder Builder(MemoryNetwork network) => Libp2pNode.CreateBuilder().UseMemory(network).UseNoise().UseYamux();
}
