using Libp2p.Interop.Tests.Nodes;
using Libp2p.Interop.Tests.Peers;
using Libp2p.Protocols.Identify;

namespace Libp2p.Interop.Tests;

/// <summary>What each side learns of the other by identify, over connections dialled from both sides.</summary>
public sealed class IdentifyTests
{
    /// <summary>Every key type of ours that js takes, and every one of js. ECDSA, which js refuses: <see cref="ConnectTests"/>.</summary>
    public static TheoryData<Side, KeyType, string> Keys() => new()
    {
        { Side.Ours, KeyType.Ed25519, "ed25519" },
        { Side.Ours, KeyType.Secp256k1, "rsa" },
        { Side.Ours, KeyType.Rsa, "secp256k1" },
        { Side.Js, KeyType.Ed25519, "ed25519" },
        { Side.Js, KeyType.Secp256k1, "secp256k1" },
        { Side.Js, KeyType.Rsa, "rsa" },
    };

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task Js_learns_what_we_are(Side dialer, KeyType type, string theirs)
    {
        using var identity = Identity.Generate(type);
        await using var met = await Encounter.StartAsync(dialer, ["--key", theirs], b => b.UseIdentity(identity));
        var told = await met.Js.WaitForAsync("identify", cancellationToken: met.Deadline);
        AssertIsOurs(met, told);

        // And again when it asks once more.
        AssertIsOurs(met, await met.Js.AskAsync("identify", new { peer = met.Ours.Peer }, "identify"));
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public async Task We_learn_what_js_is(Side dialer, KeyType type, string theirs)
    {
        using var identity = Identity.Generate(type);
        await using var met = await Encounter.StartAsync(dialer, ["--key", theirs], b => b.UseIdentity(identity));
        var identified = await met.Ours.WaitForAsync<PeerIdentified>(_ => true, met.Deadline);

        Assert.Equal(met.Connection.RemotePeer, identified.Peer);
        Assert.Equal(met.Connection.Id, identified.Connection.Id);
        AssertIsJs(met, identified.Info);
        Assert.Equal(theirs, identified.Info.PublicKey?.Type.ToString(), ignoreCase: true);
        // js tells the address at which it sees us: the one of our end of the connection.
        Assert.NotNull(identified.ObservedAddress);
        Assert.Equal(met.ConnectionOfJs.Text("addr").Split("/p2p/")[0], identified.ObservedAddress.WithoutPeerId()!.ToString());
        Assert.Equal(met.Connection.LocalAddress.WithoutPeerId(), identified.ObservedAddress.WithoutPeerId());

        // The signed record opens, is about js, and says the same.
        Assert.NotNull(identified.Info.SignedRecord);
        Assert.True(PeerRecord.TryOpen(identified.Info.SignedRecord.Value.Span, out var record, out var error), error);
        Assert.Equal(met.Connection.RemotePeer, record.PeerId);
        Assert.Contains(WithoutPeer(met.Js.Addresses[0]), record.Addresses.Select(a => a.ToString()));

        var again = await met.Ours.Node.Get<IdentifyService>().IdentifyAsync(met.Connection, met.Deadline);
        AssertIsJs(met, again.Info);
        Assert.Equal([WithoutPeer(met.Js.Addresses[0])], again.ListenAddresses.Select(a => a.WithoutPeerId()!.ToString()));
    }

    [Theory]
    [InlineData(Side.Ours)]
    [InlineData(Side.Js)]
    public async Task Js_hears_by_a_push_of_what_we_newly_serve_and_no_longer_serve(Side dialer)
    {
        await using var met = await Encounter.StartAsync(dialer);
        await met.Js.WaitForAsync("identify", cancellationToken: met.Deadline);
        await met.Ours.WaitForAsync<PeerIdentified>(_ => true, met.Deadline);

        using (met.Ours.Node.Handle("/new/1.0.0", (_, _) => Task.CompletedTask))
        {
            var pushed = await met.Js.WaitForAsync("identify", cancellationToken: met.Deadline);
            Assert.Null(pushed.Id);
            Assert.Contains("/new/1.0.0", pushed.Texts("protocols"));
            Assert.Contains("/echo/1.0.0", pushed.Texts("protocols"));
        }
        var next = await met.Js.WaitForAsync("identify", cancellationToken: met.Deadline);
        Assert.DoesNotContain("/new/1.0.0", next.Texts("protocols"));
    }

    [Theory]
    [InlineData(Side.Ours)]
    [InlineData(Side.Js)]
    public async Task We_hear_by_a_push_of_what_js_newly_serves(Side dialer)
    {
        await using var met = await Encounter.StartAsync(dialer);
        var first = await met.Ours.WaitForAsync<PeerIdentified>(_ => true, met.Deadline);
        Assert.DoesNotContain("/new/1.0.0", first.Info.Protocols.Select(p => p.ToString()));
        await met.Js.WaitForAsync("identify", cancellationToken: met.Deadline);

        await met.Js.AskAsync("handle", new { protocol = "/new/1.0.0" }, "handled");
        var pushed = await met.Ours.WaitForAsync<PeerIdentified>(e => e.Info.Protocols.Contains("/new/1.0.0"), met.Deadline);
        // What a push does not say is unchanged.
        Assert.Equal(met.Js.Agent, pushed.Info.AgentVersion);
        await using var stream = await met.OpenAsync("/new/1.0.0");
        await stream.EchoAsync(1_000, met.Deadline);
    }

    [Theory]
    [InlineData(Side.Ours)]
    [InlineData(Side.Js)]
    public async Task A_js_without_identify_is_a_peer_all_the_same(Side dialer)
    {
        await using var met = await Encounter.StartAsync(dialer, ["--no-identify"]);
        var failure = await Assert.ThrowsAsync<Libp2pException>(async () =>
            await met.Ours.Node.Get<IdentifyService>().IdentifyAsync(met.Connection, met.Deadline));
        Assert.Equal(Libp2pError.NegotiationFailed, failure.Error);
        await met.AssertAliveAsync();
    }

    static void AssertIsOurs(Encounter met, PeerEvent told)
    {
        Assert.Equal(met.Ours.Peer, told.Text("peer"));
        Assert.Equal(new IdentifyOptions().AgentVersion, told.Text("agent"));
        Assert.Equal(new IdentifyOptions().ProtocolVersion, told.Text("protocolVersion"));
        Assert.Equal(met.Ours.Node.Protocols.Select(p => p.ToString()).Order(), told.Texts("protocols").Order());
        Assert.Equal([WithoutPeer(met.Ours.Address)], told.Texts("listenAddrs"));
        Assert.Equal(met.Connection.RemoteAddress.WithoutPeerId()!.ToString(), WithoutPeer(told.Text("observedAddr")));
        Assert.True(told.Flag("publicKey"));
        // js checks its signature, low S for secp256k1 among it, and takes only the peer's own.
        Assert.True(told.Flag("signedPeerRecord"));
        Assert.Equal([WithoutPeer(met.Ours.Address)], told.Texts("recordAddrs"));
    }

    static void AssertIsJs(Encounter met, PeerInfo info)
    {
        Assert.Equal(met.Js.Agent, info.AgentVersion);
        Assert.Equal("ipfs/0.1.0", info.ProtocolVersion);
        var protocols = info.Protocols.Select(p => p.ToString()).ToArray();
        foreach (var protocol in (string[])["/ipfs/id/1.0.0", "/ipfs/id/push/1.0.0", "/ipfs/ping/1.0.0", "/libp2p/chat/1.0.0", "/perf/1.0.0", "/echo/1.0.0"])
            Assert.Contains(protocol, protocols);
        Assert.Contains(WithoutPeer(met.Js.Addresses[0]), info.Addresses.Select(a => a.ToString()));
    }

    static string WithoutPeer(string address) => address.Split("/p2p/")[0];
}
