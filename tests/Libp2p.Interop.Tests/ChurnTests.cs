using Libp2p.Interop.Tests.Nodes;
using Libp2p.Interop.Tests.Peers;

namespace Libp2p.Interop.Tests;

/// <summary>Connections and streams that come and go in numbers: none fails, and nothing of them is left on either side.</summary>
public sealed class ChurnTests
{
    [Fact]
    public async Task Js_connects_and_leaves_again_and_again()
    {
        await using var ours = await OurNode.StartAsync();
        await using var js = await JsPeer.ListenAsync();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));

        var bench = await js.AskAsync("bench-connect", new { addr = ours.Address, seconds = 1, parallel = 4 }, "bench");
        Assert.True(bench.Number("count") > 0 && bench.Number("failed") == 0, bench.ToString());
        for (var i = 0; i < bench.Number("count"); i++)
            Assert.Equal(CloseCode.RemoteClose, (await ours.WaitForAsync<ConnectionEnded>(_ => true, deadline.Token)).Reason.Code);
        Assert.Empty(ours.Node.Connections);

        await ours.Node.ConnectAsync(Multiaddress.Parse(js.Addresses[0], null), deadline.Token);
        await js.WaitForAsync("connect");
        await ours.DisposeAsync();
        Assert.Equal(0, ours.Node.Pool.RentedBytes);
    }

    [Fact]
    public async Task Streams_open_and_close_again_and_again_from_both_sides()
    {
        const int count = 1_000;
        await using var met = await Encounter.StartAsync(Side.Ours);
        var theirs = met.Js.AskAsync("bench-streams", new { peer = met.Ours.Peer, seconds = 1, parallel = 4 }, "bench");
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = met.Deadline }, async (_, cancellationToken) =>
        {
            await using var stream = await met.OpenAsync(TestProtocols.Echo);
            await stream.EchoAsync(32, cancellationToken);
        });
        var bench = await theirs;
        Assert.True(bench.Number("count") > 0 && bench.Number("failed") == 0, bench.ToString());

        var connection = Assert.Single((await met.Js.AskAsync("connections", null, "connections")).Json.GetProperty("items").EnumerateArray());
        Assert.DoesNotContain(TestProtocols.Echo.ToString(), connection.GetProperty("streams").EnumerateArray().Select(s => s.GetString()));
        await met.Ours.DisposeAsync();
        Assert.Equal(0, met.Ours.Node.Pool.RentedBytes);
    }
}
