using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Libp2p.Security.Tls;
using Libp2p.Tests.Security.Tls;
using Libp2p.Transports.Tcp;

namespace Libp2p.Interop.Tests.OpenSsl;

/// <summary>Our TLS against OpenSSL's programs, with certificates that are made for the moment: good ones, and each kind of bad one.</summary>
public sealed class OpenSslTests
{
    static readonly TimeSpan _patience = TimeSpan.FromSeconds(120);
    static readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();

    public static TheoryData<Role, KeyType> Good => new(from role in Enum.GetValues<Role>() from type in Enum.GetValues<KeyType>() select (role, type));

    [Theory]
    [MemberData(nameof(Good))]
    public async Task A_good_peer_is_accepted_and_bytes_pass_both_ways(Role openSsl, KeyType type)
    {
        using var identity = Identity.Generate(type);
        using var certificate = Forge(identity: identity).Make();
        await using var met = await Meeting.BeginAsync(openSsl, certificate, null, expected: identity.PeerId, ["-tls1_3", "-alpn", "libp2p"]);
        await using var link = await met.Securing.WaitAsync(_patience);
        Assert.Equal(identity.PublicKey, link.RemoteKey);
        Assert.Null(link.EarlyMuxer);
        await link.Output.WriteAsync(Encoding.ASCII.GetBytes("hello from here\n"));
        await met.OpenSsl.WaitForAsync("hello from here");
        await met.OpenSsl.SayAsync("hello from there");
        var read = await link.Input.ReadAtLeastAsync(17).AsTask().WaitAsync(_patience);
        Assert.Equal("hello from there\n", Encoding.ASCII.GetString(read.Buffer));
    }

    [Theory]
    [InlineData(Role.Dialer)]
    [InlineData(Role.Listener)]
    public async Task A_muxer_is_agreed_on_by_ALPN(Role openSsl)
    {
        using var certificate = Forge().Make();
        await using var met = await Meeting.BeginAsync(openSsl, certificate, null, null, ["-tls1_3", "-alpn", "/yamux/1.0.0,libp2p"]);
        await using var link = await met.Securing.WaitAsync(_patience);
        Assert.Equal("/yamux/1.0.0", link.EarlyMuxer?.ToString());
    }

    [Theory]
    [InlineData(Role.Dialer, "-tls1_2 -alpn libp2p")]
    [InlineData(Role.Dialer, "-tls1_3")]
    [InlineData(Role.Dialer, "-tls1_3 -alpn h2")]
    [InlineData(Role.Listener, "-tls1_2 -alpn libp2p")]
    [InlineData(Role.Listener, "-tls1_3")]
    [InlineData(Role.Listener, "-tls1_3 -alpn h2")]
    public async Task Another_version_or_no_common_application_protocol_is_refused(Role openSsl, string flags)
    {
        using var certificate = Forge().Make();
        await using var met = await Meeting.BeginAsync(openSsl, certificate, null, null, flags.Split(' '));
        var error = await Assert.ThrowsAsync<Libp2pException>(() => met.Securing.WaitAsync(_patience));
        Assert.Equal(Libp2pError.HandshakeFailed, error.Error);
    }

    [Fact]
    public async Task A_client_without_a_certificate_is_refused()
    {
        await using var met = await Meeting.BeginAsync(Role.Dialer, null, null, null, ["-tls1_3", "-alpn", "libp2p"]);
        await AssertRefusedAsync(met, "no certificate");
    }

    public static TheoryData<Role, string, string> Bad => new(
        from role in Enum.GetValues<Role>()
        from kind in new (string, string)[]
        {
            ("wrong signature", "own signature"), ("wrong identity", "did not sign"), ("two certificates", "more than one"), ("expired", "expired"),
            ("not yet valid", "not valid yet"), ("unknown critical extension", "critical extension"), ("missing extension", "no libp2p extension"),
            ("SHA-1", "algorithm"), ("RSA of 1024 bits", "not 1024"), ("P-384 with SHA-256", "algorithm"),
        }
        select (role, kind.Item1, kind.Item2));

    [Theory]
    [MemberData(nameof(Bad))]
    public async Task A_bad_certificate_is_refused_with_its_reason(Role openSsl, string kind, string reason)
    {
        using var certificate = Make(kind);
        using var second = kind == "two certificates" ? Forge().Make() : null;
        await using var met = await Meeting.BeginAsync(openSsl, certificate, second, null, ["-tls1_3", "-alpn", "libp2p"]);
        await AssertRefusedAsync(met, reason);
    }

    static X509Certificate2 Make(string kind)
    {
        using var other = Identity.Generate();
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(kind == "RSA of 1024 bits" ? 1024 : 2048);
        return kind switch
        {
            "wrong signature" => WithWrongSignature(),
            "wrong identity" => Forge(value: (_, signature) => TlsCertificateCodec.EncodeSignedKey(other.PublicKey.Encoded.Span, signature)).Make(),
            "expired" => Forge(notAfter: _now.AddMinutes(-5)).Make(),
            "not yet valid" => Forge(notBefore: _now.AddMinutes(5)).Make(),
            "unknown critical extension" => Forge(extensions: identity => [identity, new X509Extension("1.3.6.1.4.1.53594.9.9", [5, 0], critical: true)]).Make(),
            "missing extension" => Forge(extensions: _ => []).Make(),
            "SHA-1" => WithSha1(rsa),
            "RSA of 1024 bits" => Forge(key: rsa).Make(),
            "P-384 with SHA-256" => Forge(key: p384).Make(),
            _ => Forge().Make(),
        };
    }

    static X509Certificate2 WithWrongSignature()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var good = Forge(key: key).Make();
        var der = good.RawData;
        // In the name, where it hurts nothing but the signature.
        der[der.AsSpan().IndexOf("libp2p"u8)] ^= 1;
        return X509CertificateLoader.LoadCertificate(der).CopyWithPrivateKey(key);
    }

    static X509Certificate2 WithSha1(RSA key)
    {
        using var template = Forge(key: key).Make();
        var request = new CertificateRequest("O=libp2p", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(template.Extensions[0]);
        return request.Create(request.SubjectName, new Sha1Generator(key), new DateTimeOffset(template.NotBefore), new DateTimeOffset(template.NotAfter), [1]).CopyWithPrivateKey(key);
    }

    static CertificateForge Forge(
        Identity? identity = null,
        AsymmetricAlgorithm? key = null,
        Func<byte[], byte[], byte[]>? value = null,
        Func<X509Extension, X509Extension[]>? extensions = null,
        DateTimeOffset? notBefore = null,
        DateTimeOffset? notAfter = null) => new()
        {
            Identity = identity ?? Identity.Generate(),
            Key = key,
            Value = value ?? ((key, signature) => TlsCertificateCodec.EncodeSignedKey(key, signature)),
            Extensions = extensions ?? (extension => [extension]),
            NotBefore = notBefore ?? _now.AddHours(-1),
            NotAfter = notAfter ?? _now.AddHours(1),
        };

    static int PortOf(Multiaddress address) => address.TryGetEndPoint(out var endPoint) ? endPoint.Port : throw new InvalidOperationException(address.ToString());

    static async Task AssertRefusedAsync(Meeting met, string reason)
    {
        var error = await Assert.ThrowsAsync<Libp2pException>(() => met.Securing.WaitAsync(_patience));
        Assert.Equal(Libp2pError.HandshakeFailed, error.Error);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    /// <summary>Our side's handshake under way with a process of OpenSSL, over TCP.</summary>
    sealed class Meeting : IAsyncDisposable
    {
        readonly BufferPool _pool = new();
        readonly Identity _identity = Identity.Generate();
        Link? _link;

        public OpenSslProcess OpenSsl { get; private set; } = null!;

        public Task<SecureLink> Securing { get; private set; } = null!;

        public static async Task<Meeting> BeginAsync(Role openSsl, X509Certificate2? certificate, X509Certificate2? second, PeerId? expected, string[] flags)
        {
            var meeting = new Meeting();
            var transport = new TcpTransport(meeting._pool);
            if (openSsl == Role.Dialer)
            {
                await using var listener = await transport.ListenAsync(Multiaddress.Parse("/ip4/127.0.0.1/tcp/0"), CancellationToken.None);
                meeting.OpenSsl = OpenSslProcess.Connect(PortOf(listener.Address), certificate, second, flags);
                meeting._link = await listener.AcceptAsync(CancellationToken.None);
            }
            else
            {
                (meeting.OpenSsl, var port) = await OpenSslProcess.ListenAsync(certificate!, second, flags);
                meeting._link = await transport.DialAsync(Multiaddress.Parse($"/ip4/127.0.0.1/tcp/{port}"), CancellationToken.None);
            }
            var context = new HandshakeContext(meeting._identity, openSsl == Role.Dialer ? Role.Listener : Role.Dialer, expected, flags.Contains("/yamux/1.0.0,libp2p") ? ["/yamux/1.0.0"] : []);
            meeting.Securing = new TlsProtocol().SecureAsync(meeting._link!, context, CancellationToken.None).AsTask();
            return meeting;
        }

        public async ValueTask DisposeAsync()
        {
            _link?.Abort();
            await OpenSsl.DisposeAsync();
            _identity.Dispose();
        }
    }
}
