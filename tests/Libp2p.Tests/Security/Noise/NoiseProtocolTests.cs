using System.IO.Pipelines;
using Libp2p.Security.Noise;
using Libp2p.Testing;

namespace Libp2p.Tests.Security.Noise;

public sealed class NoiseProtocolTests
{
    private static readonly TimeSpan Alive = PipeTransfer.Alive;

    public static TheoryData<KeyType, Role> KeysAndRoles => new(
        from type in Enum.GetValues<KeyType>() from role in Enum.GetValues<Role>() select (type, role));

    [Theory]
    [InlineData(KeyType.Ed25519, KeyType.Rsa)]
    [InlineData(KeyType.Rsa, KeyType.Secp256k1)]
    [InlineData(KeyType.Secp256k1, KeyType.Ecdsa)]
    [InlineData(KeyType.Ecdsa, KeyType.Ed25519)]
    public async Task Every_key_type_proves_itself(KeyType dialerType, KeyType listenerType)
    {
        using var dialer = Identity.Generate(dialerType);
        using var listener = Identity.Generate(listenerType);
        await using var links = new LinkPair();
        var dialing = SecureAsync(links.Dialer, new HandshakeContext(dialer, Role.Dialer, listener.PeerId, []));
        var listening = SecureAsync(links.Listener, new HandshakeContext(listener, Role.Listener, dialer.PeerId, []));
        var dialed = await dialing.WaitAsync(Alive);
        await dialed.Output.WriteAsync(new byte[] { 7 });
        var accepted = await listening.WaitAsync(Alive);
        Assert.Equal(listener.PublicKey, dialed.RemoteKey);
        Assert.Equal(dialer.PublicKey, accepted.RemoteKey);
        Assert.Equal(7, (await accepted.Input.ReadAsync()).Buffer.FirstSpan[0]);
    }

    [Theory]
    [MemberData(nameof(KeysAndRoles))]
    public async Task A_wrong_signature_is_refused(KeyType type, Role liar)
    {
        using var claimed = Identity.Generate(type);
        using var other = Identity.Generate(type);
        var lies = new Func<ScriptedPeer, NoisePayload>[]
        {
            peer => Lie(claimed, default),
            peer => Lie(claimed, new byte[64]),
            peer => Lie(claimed, other.Sign(NoiseStaticKey.SignedBytes(peer.Static.Public))),
            peer => Lie(claimed, claimed.Sign(NoiseStaticKey.SignedBytes(new byte[32]))),
            peer => Lie(claimed, claimed.Sign(peer.Static.Public)),
        };
        foreach (var lie in lies)
        {
            var (error, heard) = await TryToDeceiveAsync(liar, lie, expected: claimed.PeerId);
            Assert.Equal(Libp2pError.HandshakeFailed, error.Error);
            Assert.Contains("sign", error.Message, StringComparison.Ordinal);
            Assert.True(heard, "The deceived side must end the connection without having proved itself.");
        }
    }

    [Theory]
    [InlineData(Role.Dialer)]
    [InlineData(Role.Listener)]
    public async Task A_missing_or_unreadable_key_is_refused(Role liar)
    {
        using var identity = Identity.Generate();
        foreach (var key in new byte[][] { [], [1], [8, 1, 18, 0], [8, 9, 18, 1, 0], new byte[2000] })
        {
            var (error, _) = await TryToDeceiveAsync(
                liar, peer => new NoisePayload { IdentityKey = key, IdentitySignature = peer.Honest(identity).IdentitySignature }, expected: null);
            Assert.Equal(Libp2pError.HandshakeFailed, error.Error);
            Assert.Contains("key", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_dialer_proves_nothing_to_a_wrong_peer()
    {
        using var expected = Identity.Generate();
        using var actual = Identity.Generate();
        var (error, ended) = await TryToDeceiveAsync(Role.Listener, peer => peer.Honest(actual), expected.PeerId);
        var mismatch = Assert.IsType<PeerIdMismatchException>(error);
        Assert.Equal((expected.PeerId, actual.PeerId), (mismatch.Expected, mismatch.Actual));
        Assert.True(ended);
    }

    [Fact]
    public async Task Differing_prologues_fail_on_both_sides()
    {
        await using var links = new LinkPair();
        using var identity = Identity.Generate();
        var dialing = SecureAsync(links.Dialer, new HandshakeContext(identity, Role.Dialer, null, []) { Prologue = "a"u8.ToArray() });
        var listening = SecureAsync(links.Listener, new HandshakeContext(identity, Role.Listener, null, []) { Prologue = "b"u8.ToArray() });
        var error = await Assert.ThrowsAsync<Libp2pException>(() => dialing.WaitAsync(Alive));
        Assert.Equal(Libp2pError.HandshakeFailed, error.Error);
        Assert.Contains("prologue", error.Message, StringComparison.Ordinal);
        Assert.Equal(Libp2pError.HandshakeFailed, (await Assert.ThrowsAsync<Libp2pException>(() => listening.WaitAsync(Alive))).Error);
    }

    [Fact]
    public async Task The_same_prologue_is_agreed_to()
    {
        await using var links = new LinkPair();
        using var identity = Identity.Generate();
        var dialing = SecureAsync(links.Dialer, new HandshakeContext(identity, Role.Dialer, null, []) { Prologue = "a"u8.ToArray() });
        var listening = SecureAsync(links.Listener, new HandshakeContext(identity, Role.Listener, null, []) { Prologue = "a"u8.ToArray() });
        await (await dialing.WaitAsync(Alive)).Output.FlushAsync();
        await listening.WaitAsync(Alive);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    public async Task A_first_message_without_a_key_is_refused(int length)
    {
        await using var links = new LinkPair();
        using var identity = Identity.Generate();
        var listening = SecureAsync(links.Listener, new HandshakeContext(identity, Role.Listener, null, []));
        await links.Dialer.Output.WriteAsync(ScriptedPeer.Framed(new byte[length]));
        Assert.Equal(Libp2pError.HandshakeFailed, (await Assert.ThrowsAsync<Libp2pException>(() => listening.WaitAsync(Alive))).Error);
    }

    [Fact]
    public async Task A_handshake_message_beyond_the_limit_is_refused_by_its_length_alone()
    {
        await using var links = new LinkPair();
        using var identity = Identity.Generate();
        var options = new NoiseOptions { MaxHandshakeMessage = 4096 };
        var listening = SecureAsync(links.Listener, new HandshakeContext(identity, Role.Listener, null, []), options);
        await links.Dialer.Output.WriteAsync(new byte[] { 4097 >> 8, 4097 & 0xff });
        var error = await Assert.ThrowsAsync<Libp2pException>(() => listening.WaitAsync(Alive));
        Assert.Contains("4097", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new NoiseProtocol(new NoiseOptions { MaxHandshakeMessage = 65_536 }));
    }

    [Fact]
    public async Task The_listener_hears_of_the_dialer_though_it_only_waits_to_read()
    {
        await using var links = new LinkPair();
        using var identity = Identity.Generate();
        var dialing = SecureAsync(links.Dialer, new HandshakeContext(identity, Role.Dialer, null, []));
        var listening = SecureAsync(links.Listener, new HandshakeContext(identity, Role.Listener, null, []));
        var dialed = await dialing.WaitAsync(Alive);
        Assert.True(links.Dialer.Output.UnflushedBytes > 0, "The last message waits for what is written next.");
        Assert.False(listening.IsCompleted);

        var reading = dialed.Input.ReadAsync();
        var accepted = await listening.WaitAsync(Alive);
        await accepted.Output.WriteAsync("hello"u8.ToArray());
        var greeting = await reading.AsTask().WaitAsync(Alive);
        Assert.Equal("hello"u8, greeting.Buffer.FirstSpan);
    }

    [Fact]
    public async Task The_last_message_travels_with_the_first_data()
    {
        await using var links = new LinkPair();
        using var identity = Identity.Generate();
        using var peer = new ScriptedPeer(links.Listener, Role.Listener);
        var dialing = SecureAsync(links.Dialer, new HandshakeContext(identity, Role.Dialer, null, []));
        await peer.HearAsync();
        await peer.SayAsync(peer.Honest(identity));
        var dialed = await dialing.WaitAsync(Alive);
        Assert.False(links.Listener.Input.TryRead(out _));
        await dialed.Output.WriteAsync("data"u8.ToArray());
        Assert.True(links.Listener.Input.TryRead(out var read));
        links.Listener.Input.AdvanceTo(read.Buffer.Start);
        await peer.HearPayloadAsync();
        var opened = new byte[4];
        Assert.True(peer.Machine.Split().Receiving.TryOpen(await peer.ReceiveFrameAsync(), opened));
        Assert.Equal("data"u8, opened);
    }

    [Fact]
    public async Task The_static_key_is_made_once_for_an_identity()
    {
        var protocol = new NoiseProtocol();
        using var one = Identity.Generate();
        using var two = Identity.Generate();
        var first = await StaticKeyOfAsync(protocol, one);
        Assert.Equal(first, await StaticKeyOfAsync(protocol, one));
        Assert.NotEqual(first, await StaticKeyOfAsync(protocol, two));
        Assert.NotEqual(first, await StaticKeyOfAsync(new NoiseProtocol(), one));
    }

    private static async Task<byte[]> StaticKeyOfAsync(NoiseProtocol protocol, Identity identity)
    {
        await using var links = new LinkPair();
        using var peer = new ScriptedPeer(links.Dialer, Role.Dialer);
        var listening = protocol.SecureAsync(links.Listener, new HandshakeContext(identity, Role.Listener, null, []), CancellationToken.None).AsTask();
        await peer.SayAsync(Array.Empty<byte>());
        var payload = await peer.HearPayloadAsync();
        Assert.True(identity.PublicKey.Verify(NoiseStaticKey.SignedBytes(peer.Machine.RemoteStatic), payload.IdentitySignature.Span));
        await peer.SayAsync(peer.Honest(identity));
        await listening.WaitAsync(Alive);
        return peer.Machine.RemoteStatic.ToArray();
    }

    private static NoisePayload Lie(Identity claimed, ReadOnlyMemory<byte> signature) =>
        new() { IdentityKey = claimed.PublicKey.Encoded, IdentitySignature = signature };

    /// <summary>Plays the liar's side; what the honest side failed with, and whether it ended without another word.</summary>
    private static async Task<(Libp2pException Error, bool EndedInSilence)> TryToDeceiveAsync(Role liar, Func<ScriptedPeer, NoisePayload> lie, PeerId? expected)
    {
        await using var links = new LinkPair();
        using var identity = Identity.Generate();
        var (liarLink, honestLink) = liar == Role.Dialer ? (links.Dialer, links.Listener) : (links.Listener, links.Dialer);
        using var peer = new ScriptedPeer(liarLink, liar);
        var honest = SecureAsync(honestLink, new HandshakeContext(identity, liar == Role.Dialer ? Role.Listener : Role.Dialer, expected, []));
        if (liar == Role.Dialer)
            await peer.SayAsync(Array.Empty<byte>());
        await peer.HearAsync();
        await peer.SayAsync(lie(peer));
        var error = await Assert.ThrowsAnyAsync<Libp2pException>(() => honest.WaitAsync(Alive));
        // Nothing was sent, and nothing waits to be.
        return (error, honestLink.Output.UnflushedBytes == 0 && !liarLink.Input.TryRead(out _));
    }

    private static async Task<SecureLink> SecureAsync(Link link, HandshakeContext context, NoiseOptions? options = null)
    {
        await Task.Yield();
        try
        {
            return await new NoiseProtocol(options).SecureAsync(link, context, CancellationToken.None);
        }
        catch when (context.Role == Role.Dialer && context.Prologue.Length > 0)
        {
            link.Abort();
            throw;
        }
    }
}
