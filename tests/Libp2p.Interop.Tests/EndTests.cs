using System.Diagnostics;
using Libp2p.Interop.Tests.Nodes;

namespace Libp2p.Interop.Tests;

/// <summary>How a connection ends, and what each side hears of it.</summary>
public sealed class EndTests
{
    static readonly TimeSpan _soon = TimeSpan.FromSeconds(2);

    [Theory]
    [InlineData(Side.Ours)]
    [InlineData(Side.Js)]
    public async Task When_js_hangs_up_we_are_told_that_the_peer_closed(Side dialer)
    {
        await using var met = await Encounter.StartAsync(dialer);
        await using var stream = await OpenIdleStreamAsync(met);
        await met.Js.AskAsync("hangup", new { peer = met.Ours.Peer }, "hungup");
        Assert.Equal(CloseCode.RemoteClose, (await EndedAsync(met)).Code);
        // It ends the streams in good order first.
        Assert.True((await stream.Input.ReadAsync(met.Deadline)).IsCompleted);
    }

    [Theory]
    [InlineData(Side.Ours)]
    [InlineData(Side.Js)]
    public async Task When_js_breaks_off_we_are_told_that_the_link_was_lost(Side dialer)
    {
        await using var met = await Encounter.StartAsync(dialer);
        await using var stream = await OpenIdleStreamAsync(met);
        await met.Js.AskAsync("hangup", new { peer = met.Ours.Peer, abrupt = true }, "hungup");
        Assert.Equal(CloseCode.LinkLost, (await EndedAsync(met)).Code);
        // It resets the streams first.
        await Assert.ThrowsAsync<StreamResetException>(async () => await stream.Input.ReadAsync(met.Deadline));
    }

    [Theory]
    [InlineData(Side.Ours)]
    [InlineData(Side.Js)]
    public async Task When_js_quits_we_are_told_that_the_peer_closed(Side dialer)
    {
        await using var met = await Encounter.StartAsync(dialer);
        await met.Js.AskAsync("quit", null, "bye");
        Assert.Equal(CloseCode.RemoteClose, (await EndedAsync(met)).Code);
    }

    [Theory]
    [InlineData(Side.Ours)]
    [InlineData(Side.Js)]
    public async Task When_we_disconnect_js_is_told(Side dialer)
    {
        await using var met = await Encounter.StartAsync(dialer);
        await met.Ours.Node.DisconnectAsync(met.Connection.RemotePeer, met.Deadline);
        await met.Js.WaitForAsync("disconnect", e => e.Text("peer") == met.Ours.Peer);
        Assert.Equal(CloseCode.LocalClose, (await EndedAsync(met)).Code);
        Assert.Empty((await met.Js.AskAsync("connections", null, "connections")).Json.GetProperty("items").EnumerateArray());
    }

    [Theory]
    [InlineData(Side.Ours)]
    [InlineData(Side.Js)]
    public async Task When_our_node_stops_js_is_told(Side dialer)
    {
        await using var met = await Encounter.StartAsync(dialer);
        await met.Ours.DisposeAsync();
        await met.Js.WaitForAsync("disconnect", e => e.Text("peer") == met.Ours.Peer);
        Assert.Equal(0, met.Ours.Node.Pool.RentedBytes);
    }

    [Theory]
    [InlineData(Side.Ours)]
    [InlineData(Side.Js)]
    public async Task When_js_is_killed_our_connection_ends_with_a_reason_in_time(Side dialer)
    {
        await using var met = await Encounter.StartAsync(dialer);
        await using var stream = await OpenIdleStreamAsync(met);
        await AssertEndsAfterKillAsync(met);
        await AssertLostAsync(stream, met);
    }

    [Fact]
    public async Task When_js_is_killed_in_a_transfer_our_writer_and_the_connection_end_in_time()
    {
        await using var met = await Encounter.StartAsync(Side.Ours);
        await using var stream = await met.OpenAsync(TestProtocols.Discard);
        var flowing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var writing = WriteForeverAsync(stream, flowing, met.Deadline);
        await flowing.Task.WaitAsync(met.Deadline);
        await AssertEndsAfterKillAsync(met);
        var failure = await Assert.ThrowsAsync<Libp2pException>(() => writing);
        Assert.Equal(Libp2pError.ConnectionClosed, failure.Error);
    }

    static async Task WriteForeverAsync(PeerStream stream, TaskCompletionSource flowing, CancellationToken cancellationToken)
    {
        var block = new byte[64 * 1024];
        for (long written = 0; ; written += block.Length)
        {
            if (written > 4 << 20)
                flowing.TrySetResult();
            var flushed = await stream.Output.WriteAsync(block, cancellationToken);
            Assert.False(flushed.IsCompleted);
        }
    }

    static async Task AssertEndsAfterKillAsync(Encounter met)
    {
        var clock = Stopwatch.StartNew();
        met.Js.Kill();
        var reason = await EndedAsync(met);
        Assert.True(clock.Elapsed < _soon, $"it took {clock.Elapsed}");
        Assert.Contains(reason.Code, (CloseCode[])[CloseCode.LinkLost, CloseCode.RemoteClose]);
        Assert.Empty(met.Ours.Node.Connections);
    }

    static async Task<CloseReason> EndedAsync(Encounter met) =>
        (await met.Ours.WaitForAsync<ConnectionEnded>(e => e.Connection.Id == met.Connection.Id, met.Deadline)).Reason;

    /// <summary>A stream on which nothing is under way, but that both sides have.</summary>
    static async Task<PeerStream> OpenIdleStreamAsync(Encounter met)
    {
        var stream = await met.OpenAsync(TestProtocols.Echo);
        await stream.Output.WriteAsync(new byte[1], met.Deadline);
        var read = await stream.Input.ReadAsync(met.Deadline);
        stream.Input.AdvanceTo(read.Buffer.End);
        return stream;
    }

    static async Task AssertLostAsync(PeerStream stream, Encounter met)
    {
        var failure = await Assert.ThrowsAsync<Libp2pException>(async () => await stream.Input.ReadAsync(met.Deadline));
        Assert.Equal(Libp2pError.ConnectionClosed, failure.Error);
    }
}
