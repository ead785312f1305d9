using System.Text;
using Libp2p.Interop.Tests.Nodes;
using Libp2p.Protocols.Perf;

namespace Libp2p.Interop.Tests;

/// <summary>All that two peers do, over WebSocket, dialled from either side.</summary>
public sealed class WebSocketTests(WebSocketEncounters encounters) : IClassFixture<WebSocketEncounters>
{
    const int Mega = 1024 * 1024;

    public static TheoryData<Side> Dialers => [Side.Ours, Side.Js];

    [Theory]
    [MemberData(nameof(Dialers))]
    public async Task Both_sides_name_the_way_they_met(Side dialer)
    {
        await using var met = await encounters.BeginAsync(dialer);
        Assert.Equal(met.Js.Peer, met.Connection.RemotePeer.ToString());
        Assert.EndsWith("/ws", $"{met.Connection.RemoteAddress}", StringComparison.Ordinal);
        Assert.EndsWith("/ws", $"{met.Connection.LocalAddress}", StringComparison.Ordinal);
        Assert.Contains("/ws", met.ConnectionOfJs.Text("addr"), StringComparison.Ordinal);
        Assert.True(met.Connection.EarlyMuxer);
        await met.AssertAliveAsync();
    }

    [Theory]
    [MemberData(nameof(Dialers))]
    public async Task They_ping_and_identify_each_other(Side dialer)
    {
        await using var met = await encounters.BeginAsync(dialer);
        Assert.True(await met.Ours.Node.PingAsync(met.Connection.RemotePeer, met.Deadline) > TimeSpan.Zero);
        Assert.Equal(met.Ours.Peer, (await met.Js.AskAsync("ping", new { peer = met.Ours.Peer }, "ping")).Text("peer"));
        var told = await met.Js.AskAsync("identify", new { peer = met.Ours.Peer }, "identify");
        Assert.Equal([met.Ours.Address.Split("/p2p/")[0]], told.Texts("listenAddrs"));
        Assert.Equal([met.Ours.Address.Split("/p2p/")[0]], told.Texts("recordAddrs"));
        var learned = await met.Ours.Node.Get<Protocols.Identify.IdentifyService>().IdentifyAsync(met.Connection, met.Deadline);
        Assert.Equal([met.Js.Addresses[0].Split("/p2p/")[0]], learned.ListenAddresses.Select(a => $"{a.WithoutPeerId()}"));
    }

    [Theory]
    [MemberData(nameof(Dialers))]
    public async Task They_chat(Side dialer)
    {
        await using var met = await encounters.BeginAsync(dialer);
        await using (var stream = await met.OpenAsync(TestProtocols.Chat))
        {
            await stream.Output.WriteAsync("Grüße 🌍"u8.ToArray(), met.Deadline);
            await stream.CloseWriteAsync();
            Assert.Equal(Encounters.Reply, Encoding.UTF8.GetString(await stream.ReadToEndAsync(met.Deadline)));
        }
        Assert.Equal("Grüße 🌍", (await met.Js.WaitForAsync("direct", cancellationToken: met.Deadline)).Text("text"));
        Assert.Equal(Encounters.Reply, (await met.Js.AskAsync("direct", new { peer = met.Ours.Peer, text = "hallo" }, "direct-sent")).Text("reply"));
        Assert.Equal("hallo", await met.Ours.Protocols.MessageAsync(met.Deadline));
    }

    [Theory]
    [MemberData(nameof(Dialers))]
    public async Task Echoes_return_unchanged(Side dialer)
    {
        await using var met = await encounters.BeginAsync(dialer);
        foreach (var size in (int[])[0, 1, 125, 126, 65_519, 65_535, 65_537, (256 * 1024) + 1, 3_000_017])
        {
            await using var stream = await met.OpenAsync(TestProtocols.Echo);
            await stream.EchoAsync(size, met.Deadline);
            var echo = await met.Js.AskAsync("echo", new { peer = met.Ours.Peer, bytes = size, chunk = 99_991 }, "echo");
            Assert.True(echo.Flag("ok"), echo.ToString());
        }
    }

    [Theory]
    [MemberData(nameof(Dialers))]
    public async Task Eight_mebibytes_pass_each_way(Side dialer)
    {
        await using var met = await encounters.BeginAsync(dialer);
        var result = await met.Ours.Node.Get<PerfService>().MeasureAsync(met.Connection.RemotePeer, 8 * Mega, 8 * Mega, met.Deadline);
        Assert.Equal((8 * Mega, 8 * Mega), (result.Uploaded, result.Downloaded));
        var asked = await met.Js.AskAsync("perf", new { peer = met.Ours.Peer, up = 8 * Mega, down = 8 * Mega }, "perf");
        Assert.Equal((8 * Mega, 8 * Mega), (asked.Number("up"), asked.Number("down")));
    }

    [Theory]
    [MemberData(nameof(Dialers))]
    public async Task Streams_end_by_halves(Side dialer)
    {
        await using var met = await encounters.BeginAsync(dialer);
        foreach (var size in (int[])[0, 1_000, 256 * 1024])
        {
            await using var stream = await met.OpenAsync(TestProtocols.Echo);
            await stream.EchoAfterEndAsync(size, met.Deadline);
            var answer = await met.Js.AskAsync("half-close", new { peer = met.Ours.Peer, bytes = size }, "half-close");
            Assert.True(answer.Flag("ok"), answer.ToString());
        }
    }

    [Theory]
    [MemberData(nameof(Dialers))]
    public async Task When_js_hangs_up_we_are_told(Side dialer)
    {
        await using var met = await Encounter.StartAsync(dialer, over: "/ws");
        await met.AssertAliveAsync();
        await met.Js.AskAsync("hangup", new { peer = met.Ours.Peer }, "hungup");
        Assert.Equal(CloseCode.RemoteClose, (await met.Ours.WaitForAsync<ConnectionEnded>(_ => true, met.Deadline)).Reason.Code);
    }

    [Theory]
    [MemberData(nameof(Dialers))]
    public async Task When_we_hang_up_js_is_told(Side dialer)
    {
        await using var met = await Encounter.StartAsync(dialer, over: "/ws");
        await met.AssertAliveAsync();
        await met.Ours.Node.DisconnectAsync(met.Connection.RemotePeer, met.Deadline);
        await met.Js.WaitForAsync("disconnect", e => e.Text("peer") == met.Ours.Peer);
        Assert.Equal(CloseCode.LocalClose, (await met.Ours.WaitForAsync<ConnectionEnded>(_ => true, met.Deadline)).Reason.Code);
        await met.Ours.DisposeAsync();
        Assert.Equal(0, met.Ours.Node.Pool.RentedBytes);
    }
}
