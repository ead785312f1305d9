using System.Buffers;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Libp2p.Security.Tls;
using Libp2p.Testing;

namespace Libp2p.Tests.Security.Tls;

public sealed class TlsProtocolTests
{
    private static readonly TimeSpan Alive = PipeTransfer.Alive;

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

    public static TheoryData<string, Role> Lies => new(
        from lie in new[] { "identity signature", "no extension", "critical extension", "expired", "not yet", "expected" }
        from role in Enum.GetValues<Role>()
        select (lie, role));

    [Theory]
    [MemberData(nameof(Lies))]
    public async Task A_bad_certificate_is_refused_and_nothing_is_proved_to_its_owner(string lie, Role liar)
    {
        using var claimed = Identity.Generate();
        using var other = Identity.Generate();
        var honest = new CertificateForge { Identity = claimed, NotBefore = DateTimeOffset.UtcNow.AddHours(-1), NotAfter = DateTimeOffset.UtcNow.AddHours(1) };
        var (forge, reason) = lie switch
        {
            "identity signature" => (With(honest, value: (key, signature) => TlsCertificateCodec.EncodeSignedKey(other.PublicKey.Encoded.Span, signature)), "did not sign"),
            "no extension" => (With(honest, extensions: _ => []), "no libp2p extension"),
            "critical extension" => (With(honest, extensions: identity => [identity, new X509BasicConstraintsExtension(false, false, 0, true)]), "critical"),
            "expired" => (With(honest, notAfter: DateTimeOffset.UtcNow.AddMinutes(-1)), "expired"),
            "not yet" => (With(honest, notBefore: DateTimeOffset.UtcNow.AddMinutes(5)), "not valid yet"),
            _ => (honest, $"not {other.PeerId}"),
        };
        using var certificate = forge.Make();
        var (error, shown) = await MeetAsync(liar, link => new TlsPeer(link, liar) { Certificate = certificate }, expected: lie == "expected" ? other.PeerId : null);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        if (lie == "expected")
            Assert.Equal(claimed.PeerId, Assert.IsType<PeerIdMismatchException>(error).Actual);
        else
            Assert.Equal(Libp2pError.HandshakeFailed, error.Error);
        // A server shows itself first, whoever the client is; a client to nobody but the peer that it wants.
        Assert.Equal(liar == Role.Dialer, shown is not null);
    }

    [Fact]
    public async Task A_dialer_without_a_certificate_is_refused()
    {
        var (error, _) = await MeetAsync(Role.Dialer, link => new TlsPeer(link, Role.Dialer));
        Assert.Equal(Libp2pError.HandshakeFailed, error.Error);
        Assert.Contains("no certificate", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Role.Dialer, "")]
    [InlineData(Role.Dialer, "h2")]
    [InlineData(Role.Listener, "")]
    [InlineData(Role.Listener, "h2")]
    public async Task No_application_protocol_in_common_is_a_refusal(Role other, string alpn)
    {
        using var certificate = TlsCredentials.Make(Identity.Generate(), DateTimeOffset.UtcNow, TimeSpan.FromDays(1));
        var (error, _) = await MeetAsync(other, link => new TlsPeer(link, other) { Certificate = certificate, Alpn = alpn.Length == 0 ? [] : [alpn] });
        Assert.Equal(Libp2pError.HandshakeFailed, error.Error);
    }

    [Theory]
    [InlineData(Role.Dialer)]
    [InlineData(Role.Listener)]
    public async Task An_older_version_is_refused(Role other)
    {
        using var certificate = TlsCredentials.Make(Identity.Generate(), DateTimeOffset.UtcNow, TimeSpan.FromDays(1));
        var (error, _) = await MeetAsync(other, link => new TlsPeer(link, other) { Certificate = certificate, Versions = SslProtocols.Tls12 });
        Assert.Equal(Libp2pError.HandshakeFailed, error.Error);
    }

    [Theory]
    [InlineData("/a", "/a", "/a")]
    [InlineData("/a /b", "/a /b", "/a")]
    [InlineData("/a /b", "/b /a", "/b")] // the listener's order decides
    [InlineData("/b", "/b /a", "/b")]
    [InlineData("/a", "/b", null)] // multistream-select will tell that they have none
    [InlineData("", "/a", null)]
    [InlineData("/a", "", null)]
    [InlineData("", "", null)]
    public async Task Both_sides_agree_on_the_muxer(string dialerMuxers, string listenerMuxers, string? agreed)
    {
        await using var links = new LinkPair();
        using var identity = Identity.Generate();
        var dialing = SecureAsync(links.Dialer, new HandshakeContext(identity, Role.Dialer, null, Split(dialerMuxers)));
        var listening = SecureAsync(links.Listener, new HandshakeContext(identity, Role.Listener, null, Split(listenerMuxers)));
        var dialed = await dialing.WaitAsync(Alive);
        await dialed.Output.FlushAsync();
        Assert.Equal(agreed, dialed.EarlyMuxer?.ToString());
        Assert.Equal(agreed, (await listening.WaitAsync(Alive)).EarlyMuxer?.ToString());
    }

    [Fact]
    public async Task The_hello_names_nobody_resumes_nothing_and_offers_libp2p_last()
    {
        using var identity = Identity.Generate();
        var protocol = new TlsProtocol();
        for (var i = 0; i < 2; i++)
        {
            // The second time there would be something to resume.
            await using var hello = new LinkPair();
            var context = new HandshakeContext(identity, Role.Dialer, null, ["/yamux/1.0.0", "/mplex/6.7.0"]);
            _ = protocol.SecureAsync(hello.Dialer, context, CancellationToken.None).AsTask().ContinueWith(t => t.Exception, TaskScheduler.Default);
            var read = await hello.Listener.Input.ReadAsync().AsTask().WaitAsync(Alive);
            var extensions = ClientHello.Extensions(read.Buffer.FirstSpan);
            Assert.DoesNotContain(ClientHello.ServerName, extensions.Keys);
            Assert.DoesNotContain(ClientHello.PreSharedKey, extensions.Keys);
            Assert.Equal([0, 33, 12, .. "/yamux/1.0.0"u8, 12, .. "/mplex/6.7.0"u8, 6, .. "libp2p"u8], extensions[ClientHello.ApplicationProtocols]);
            Assert.Equal([2, 3, 4], extensions[ClientHello.SupportedVersions]);

            await using var links = new LinkPair();
            var dialing = protocol.SecureAsync(links.Dialer, context, CancellationToken.None).AsTask();
            var listening = protocol.SecureAsync(links.Listener, context with { Role = Role.Listener }, CancellationToken.None).AsTask();
            await (await dialing.WaitAsync(Alive)).Output.WriteAsync("x"u8.ToArray());
            await (await listening.WaitAsync(Alive)).Input.ReadAsync().AsTask().WaitAsync(Alive);
        }
    }

    [Theory]
    [InlineData("474554202f20485454502f312e310d0a", "does not speak TLS")]
    [InlineData("16030141011603", "16641 bytes")]
    public async Task What_is_no_record_is_refused_at_once(string hex, string reason)
    {
        await using var links = new LinkPair();
        var listening = SecureAsync(links.Listener, new HandshakeContext(Identity.Generate(), Role.Listener, null, []));
        await links.Dialer.Output.WriteAsync(Convert.FromHexString(hex));
        var error = await Assert.ThrowsAsync<Libp2pException>(() => listening.WaitAsync(Alive));
        Assert.Equal(Libp2pError.HandshakeFailed, error.Error);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handshake_without_end_is_cut_off()
    {
        await using var links = new LinkPair();
        var listening = SecureAsync(links.Listener, new HandshakeContext(Identity.Generate(), Role.Listener, null, []));
        // One ClientHello of 130,000 bytes, of which TLS would take all before it looks at any. It leaves as one: the link ends in its middle.
        byte[] record = [22, 3, 1, 0x40, 0, 1, 1, 0xfb, 0xd0, .. new byte[TlsRecord.MaxPlaintext - 4]];
        for (var sent = 0; sent < 130_000; sent += TlsRecord.MaxPlaintext)
        {
            links.Dialer.Output.Write(record);
            record = [22, 3, 1, 0x40, 0, .. new byte[TlsRecord.MaxPlaintext]];
        }
        await links.Dialer.Output.FlushAsync();
        var error = await Assert.ThrowsAsync<Libp2pException>(() => listening.WaitAsync(Alive));
        Assert.Equal(Libp2pError.HandshakeFailed, error.Error);
        Assert.Contains($"{TlsLinkStream.HandshakeLimit}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_last_message_travels_with_the_first_data_or_before_the_first_wait()
    {
        await using var links = new LinkPair();
        using var identity = Identity.Generate();
        var dialing = SecureAsync(links.Dialer, new HandshakeContext(identity, Role.Dialer, null, []));
        var listening = SecureAsync(links.Listener, new HandshakeContext(identity, Role.Listener, null, []));
        var dialed = await dialing.WaitAsync(Alive);
        Assert.True(links.Dialer.Output.UnflushedBytes > 0);
        Assert.False(listening.IsCompleted);

        var reading = dialed.Input.ReadAsync();
        var accepted = await listening.WaitAsync(Alive);
        await accepted.Output.WriteAsync("hello"u8.ToArray());
        Assert.Equal("hello"u8.ToArray(), (await reading.AsTask().WaitAsync(Alive)).Buffer.ToArray());
    }

    [Fact]
    public void Options_are_validated()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new TlsProtocol(new TlsOptions { CertificateLifetime = TimeSpan.FromHours(1) }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TlsProtocol(new TlsOptions { MaxCertificateLength = 100 }));
    }

    private static CertificateForge With(
        CertificateForge forge,
        Func<byte[], byte[], byte[]>? value = null,
        Func<X509Extension, X509Extension[]>? extensions = null,
        DateTimeOffset? notBefore = null,
        DateTimeOffset? notAfter = null) => new()
        {
            Identity = forge.Identity,
            Value = value ?? forge.Value,
            Extensions = extensions ?? forge.Extensions,
            NotBefore = notBefore ?? forge.NotBefore,
            NotAfter = notAfter ?? forge.NotAfter,
        };

    /// <summary>Lets our side meet a peer of the test's; what ours failed with, and the certificate of ours that the peer saw.</summary>
    private static async Task<(Libp2pException Error, byte[]? Shown)> MeetAsync(Role other, Func<Link, TlsPeer> make, PeerId? expected = null)
    {
        await using var links = new LinkPair();
        using var identity = Identity.Generate();
        var (otherLink, ourLink) = other == Role.Dialer ? (links.Dialer, links.Listener) : (links.Listener, links.Dialer);
        await using var peer = make(otherLink);
        var theirs = peer.AuthenticateAsync();
        var ours = SecureAsync(ourLink, new HandshakeContext(identity, other == Role.Dialer ? Role.Listener : Role.Dialer, expected, []));
        var error = await Assert.ThrowsAnyAsync<Libp2pException>(() => ours.WaitAsync(Alive));
        try
        {
            await theirs.WaitAsync(Alive);
        }
        catch (Exception e) when (e is Libp2pException or AuthenticationException or IOException)
        {
            // Our side left in the middle of it.
        }
        return (error, peer.Shown);
    }

    private static ProtocolId[] Split(string muxers) => [.. muxers.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(m => new ProtocolId(m))];

    private static async Task<SecureLink> SecureAsync(Link link, HandshakeContext context)
    {
        await Task.Yield();
        try
        {
            return await new TlsProtocol().SecureAsync(link, context, CancellationToken.None);
        }
        catch
        {
            link.Abort();
            throw;
        }
    }
}
