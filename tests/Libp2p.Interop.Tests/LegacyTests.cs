using System.Text;
using Libp2p.Interop.Tests.Nodes;
using Libp2p.Interop.Tests.Peers;

namespace Libp2p.Interop.Tests;

/// <summary>A node that speaks the protocols of 2020 beside today's, with peers of 2020 that have some of them.</summary>
public sealed class LegacyTests
{
    const string Reply = "heard";

    static readonly string[] _listen = ["--listen", "/ip4/127.0.0.1/tcp/0", "--reply", Reply, "--pubsub", "none"];

    [Theory]
    [InlineData(Side.Ours, "/secio/1.0.0", "secio")]
    [InlineData(Side.Js, "/secio/1.0.0", "secio")]
    [InlineData(Side.Ours, "/noise", "noise", "secio")]
    [InlineData(Side.Js, "/noise", "noise", "secio")]
    // The dialler's order decides.
    [InlineData(Side.Ours, "/noise", "secio", "noise")]
    [InlineData(Side.Js, "/secio/1.0.0", "secio", "noise")]
    public async Task A_peer_of_2020_chats_with_ours(Side dialer, string security, params string[] theirs)
    {
        await using var ours = await OurNode.StartAsync(b => b.UseLegacySecio().UseMplex(), Reply);
        await using var js = await JsPeer.Start2020Async([.. _listen, .. theirs.SelectMany(name => new[] { "--security", name })]);
        if (dialer == Side.Ours)
            await ours.Node.ConnectAsync(Multiaddress.Parse(js.Addresses[0], null), TestContext.Current.CancellationToken);
        else
            await js.AskAsync("dial", new { addr = ours.Address }, "dialed");
        await js.WaitForAsync("connect");
        // Whoever dials is ready before the other side.
        var connection = (await ours.WaitForAsync<ConnectionOpened>(_ => true, TestContext.Current.CancellationToken)).Connection;
        Assert.Equal(connection, Assert.Single(ours.Node.Connections));
        Assert.Equal((security, "/mplex/6.7.0"), (connection.Security.ToString(), connection.Muxer.ToString()));
        Assert.Equal(KeyType.Rsa, connection.RemoteKey.Type);

        await using (var stream = await ours.Node.OpenStreamAsync(connection.RemotePeer, TestProtocols.Chat, TestContext.Current.CancellationToken))
        {
            await stream.Output.WriteAsync("hello, 2020"u8.ToArray(), TestContext.Current.CancellationToken);
            await stream.CloseWriteAsync();
            Assert.Equal(Reply, Encoding.UTF8.GetString(await stream.ReadToEndAsync(TestContext.Current.CancellationToken)));
        }
        Assert.Equal("hello, 2020", (await js.WaitForAsync("direct")).Text("text"));
        Assert.Equal(Reply, (await js.AskAsync("direct", new { peer = ours.Peer, text = "hello, future" }, "direct-sent")).Text("reply"));
        Assert.Equal("hello, future", await ours.Protocols.MessageAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Without_them_the_dial_fails_and_says_that_the_peer_has_only_mplex()
    {
        await using var ours = await OurNode.StartAsync();
        await using var js = await JsPeer.Start2020Async(_listen);
        var failure = await Assert.ThrowsAsync<DialException>(() =>
            ours.Node.ConnectAsync(Multiaddress.Parse(js.Addresses[0], null), TestContext.Current.CancellationToken).AsTask());
        var attempt = Assert.Single(failure.Attempts);
        Assert.Equal((DialStage.Multiplex, Libp2pError.NegotiationFailed), (attempt.Stage, attempt.Error));
        Assert.Equal(["/mplex/6.7.0"], attempt.Offered.Select(protocol => protocol.ToString()));
    }

    [Fact]
    public async Task Without_them_ours_does_not_take_a_peer_of_2020()
    {
        await using var ours = await OurNode.StartAsync();
        await using var js = await JsPeer.Start2020Async([.. _listen, "--security", "secio"]);
        Assert.Equal("dial-failed", (await js.WaitForAnswerAsync("dial", new { addr = ours.Address })).Name);
        Assert.Empty(ours.Node.Connections);
    }
}
