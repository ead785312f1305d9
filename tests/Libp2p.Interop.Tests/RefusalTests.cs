using Libp2p.Interop.Tests.Nodes;
using Libp2p.Interop.Tests.Peers;

namespace Libp2p.Interop.Tests;

/// <summary>What one side refuses of the other: a peer that is not the one asked for, a protocol that is not served.</summary>
public sealed class RefusalTests
{
    [Fact]
    public async Task Our_dial_of_a_wrong_peer_fails_and_names_both()
    {
        await using var ours = await OurNode.StartAsync();
        await using var js = await JsPeer.ListenAsync();
        using var stranger = Identity.Generate();
        var right = Multiaddress.Parse(js.Addresses[0], null);
        var wrong = Multiaddress.Parse(js.Addresses[0].Replace(js.Peer, stranger.PeerId.ToString(), StringComparison.Ordinal), null);

        var failure = await Assert.ThrowsAsync<DialException>(async () => await ours.Node.ConnectAsync(wrong, TestContext.Current.CancellationToken));
        Assert.Equal(Libp2pError.PeerIdMismatch, failure.Error);
        Assert.Contains(js.Peer, failure.Message, StringComparison.Ordinal);
        Assert.Contains(stranger.PeerId.ToString(), failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
        Assert.Empty(ours.Node.Connections);
        Assert.Empty((await js.AskAsync("connections", null, "connections")).Json.GetProperty("items").EnumerateArray());
        Assert.DoesNotContain(ours.Untaken, e => e is ConnectionOpened);

        // The right one answers at the very same address, at once.
        var connection = await ours.Node.ConnectAsync(right, TestContext.Current.CancellationToken);
        Assert.Equal(js.Peer, connection.RemotePeer.ToString());
        // And is the first that js has seen of us.
        await js.WaitForAsync("connect");
        Assert.Single((await js.AskAsync("connections", null, "connections")).Json.GetProperty("items").EnumerateArray());
        Assert.DoesNotContain("\"disconnect\"", js.Report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dial_of_js_to_a_wrong_peer_fails_and_runs_nothing_here()
    {
        await using var ours = await OurNode.StartAsync();
        await using var js = await JsPeer.ListenAsync();

        var failed = await js.AskAsync("dial-wrong-peer", new { addr = ours.Address }, "dial-failed");
        Assert.Equal("EncryptionFailedError", failed.Text("name"));
        Assert.Contains(ours.Peer, failed.ToString(), StringComparison.Ordinal);

        // Only then the right one: it is the first connection that our node knows of.
        await js.AskAsync("dial", new { addr = ours.Address }, "dialed");
        var opened = await ours.WaitForAsync<ConnectionOpened>(_ => true, TestContext.Current.CancellationToken);
        Assert.Equal(opened.Connection, Assert.Single(ours.Node.Connections));
        Assert.DoesNotContain(ours.Untaken, e => e is ConnectionEnded or ConnectionOpened);
        Assert.Equal(0, ours.Protocols.Served);
    }

    [Theory]
    [InlineData(Side.Ours)]
    [InlineData(Side.Js)]
    public async Task A_protocol_that_is_not_served_is_refused_and_the_connection_lives_on(Side dialer)
    {
        await using var met = await Encounter.StartAsync(dialer);

        await using (var stream = await met.OpenAsync("/nobody/1.0.0"))
        {
            // js refuses and resets: that may be here before the write is done. Its last words are read all the same.
            if (await Record.ExceptionAsync(async () => await stream.Output.WriteAsync(new byte[10_000], met.Deadline)) is { } failure)
                Assert.IsType<StreamResetException>(failure);
            var refusal = await Assert.ThrowsAsync<Libp2pException>(async () => await stream.Input.ReadAsync(met.Deadline));
            Assert.Equal(Libp2pError.NegotiationFailed, refusal.Error);
            Assert.Contains("/nobody/1.0.0", refusal.Message, StringComparison.Ordinal);
        }
        var several = await Assert.ThrowsAsync<Libp2pException>(async () =>
            await met.Ours.Node.OpenStreamAsync(met.Connection.RemotePeer, ["/nobody/1.0.0", "/nobody/2.0.0"], met.Deadline));
        Assert.Equal(Libp2pError.NegotiationFailed, several.Error);
        await using (var second = await met.Ours.Node.OpenStreamAsync(met.Connection.RemotePeer, ["/nobody/1.0.0", TestProtocols.Echo], met.Deadline))
        {
            Assert.Equal(TestProtocols.Echo, second.Protocol);
            await second.EchoAsync(1_000, met.Deadline);
        }

        var refused = await met.Js.WaitForAnswerAsync("send", new { peer = met.Ours.Peer, protocol = "/nobody/1.0.0", bytes = 10_000 });
        Assert.Equal(("error", "UnsupportedProtocolError"), (refused.Name, refused.Text("name")));
        await met.AssertAliveAsync();
    }
}
