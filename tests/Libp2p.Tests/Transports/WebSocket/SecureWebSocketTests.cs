using System.Net.WebSockets;
using Libp2p.Testing;
using Libp2p.Testing.Transports;
using Libp2p.Transports.Tcp;
using Libp2p.Transports.WebSocket;

namespace Libp2p.Tests.Transports.WebSocket;

public sealed class SecureWebSocketLayerTests : LinkTransportConformanceTests
{
    protected override Multiaddress ListenAddress => Multiaddress.Parse("/ip4/127.0.0.1/tcp/0/tls/ws");

    protected override ILinkTransport Create(BufferPool pool) => new LayeredTransport(new TcpTransport(pool), new WebSocketLayer());
}

/// <summary>Whose certificate is believed, and which one is shown.</summary>
public sealed class SecureWebSocketTests : IDisposable
{
    readonly BufferPool _pool = new();
    readonly TestCertificates _certificates = new();
    readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task A_name_is_believed_where_an_authority_that_is_trusted_vouches_for_it()
    {
        _certificates.Write("localhost", "127.0.0.1");
        await using var listener = await ListenAsync();
        var trusting = new WebSocketOptions { TrustedRoots = { _certificates.Root }, AllowUntrustedOnPrivateAddresses = false };
        await using (var link = await DialAsync($"/ip4/127.0.0.1/tcp/{Port(listener)}/tls/sni/localhost/ws", trusting))
        {
            // The name is kept where it is needed again.
            Assert.Equal($"/ip4/127.0.0.1/tcp/{Port(listener)}/tls/sni/localhost/ws", link.RemoteAddress.ToString());
            Assert.Equal($"/ip4/127.0.0.1/tcp/{link.LocalAddress.Parts[1].Value}/tls/ws", link.LocalAddress.ToString());
        }
        await using (await DialAsync($"/ip4/127.0.0.1/tcp/{Port(listener)}/wss", trusting))
        {
        }
        var failure = await Assert.ThrowsAsync<Libp2pException>(() => DialAsync($"/ip4/127.0.0.1/tcp/{Port(listener)}/tls/sni/other.example/ws", trusting));
        Assert.Equal(Libp2pError.HandshakeFailed, failure.Error);
        await listener.DisposeAsync();
        Assert.Equal(0, _pool.RentedBytes);
    }

    [Fact]
    public async Task A_stranger_is_believed_at_a_numeric_private_address_alone_and_only_where_that_is_allowed()
    {
        await using var listener = await ListenAsync(selfSigned: true);
        await using (await DialAsync($"/ip4/127.0.0.1/tcp/{Port(listener)}/tls/ws", new WebSocketOptions()))
        {
        }
        foreach (var (address, options) in new[]
        {
            ($"/ip4/127.0.0.1/tcp/{Port(listener)}/tls/sni/localhost/ws", new WebSocketOptions()),
            ($"/ip4/127.0.0.1/tcp/{Port(listener)}/tls/ws", new WebSocketOptions { AllowUntrustedOnPrivateAddresses = false }),
        })
            Assert.Equal(Libp2pError.HandshakeFailed, (await Assert.ThrowsAsync<Libp2pException>(() => DialAsync(address, options))).Error);
    }

    [Fact]
    public async Task A_certificate_that_has_changed_is_shown_from_then_on()
    {
        var first = _certificates.Write("localhost");
        await using var listener = await ListenAsync();
        Assert.Equal(first, await ShownAsync(listener));
        var second = _certificates.Write("localhost");
        Assert.Equal(first, await ShownAsync(listener));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(second, await ShownAsync(listener));
        // One that cannot be loaded leaves the one before in use.
        await File.WriteAllTextAsync(_certificates.Certificate, "-----BEGIN CERT");
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(second, await ShownAsync(listener));
        // Whole again within the same tick of the file system's clock, which shows no change.
        var tick = File.GetLastWriteTimeUtc(_certificates.Certificate);
        var third = _certificates.Write("localhost");
        File.SetLastWriteTimeUtc(_certificates.Certificate, tick);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(third, await ShownAsync(listener));
    }

    [Fact]
    public async Task A_certificate_that_was_never_there_is_said_when_listening()
    {
        var failure = await Assert.ThrowsAsync<Libp2pException>(() => ListenAsync());
        Assert.Equal(Libp2pError.ListenFailed, failure.Error);
        Assert.Contains(_certificates.Certificate, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
        Assert.Throws<ArgumentException>(() => new WebSocketLayer(new WebSocketOptions { CertificateKeyFile = "key.pem" }));
    }

    [Fact]
    public async Task What_is_no_TLS_is_refused_and_leaves_nothing()
    {
        await using var listener = await ListenAsync(selfSigned: true);
        var tcp = new TcpTransport(_pool);
        await using (var link = await tcp.DialAsync(Multiaddress.Parse($"/ip4/127.0.0.1/tcp/{Port(listener)}"), default))
        {
            await link.Output.WriteAsync("\u0016\u0003\u0001\u0000\u0005hello and more than that"u8.ToArray());
            await Record.ExceptionAsync(async () => await PipeTransfer.ReadToEndAsync(link.Input));
        }
        await listener.DisposeAsync();
        Assert.Equal(0, _pool.RentedBytes);
    }

    public void Dispose() => _certificates.Dispose();

    static string Port(IListener<Link> listener) => listener.Address.Parts[1].Value;

    async Task<IListener<Link>> ListenAsync(bool selfSigned = false)
    {
        var options = selfSigned ? new WebSocketOptions() : new WebSocketOptions { CertificateFile = _certificates.Certificate, CertificateKeyFile = _certificates.Key };
        return await new LayeredTransport(new TcpTransport(_pool), new WebSocketLayer(options, time: _time)).ListenAsync(Multiaddress.Parse("/ip4/127.0.0.1/tcp/0/tls/ws"), default);
    }

    async Task<Link> DialAsync(string address, WebSocketOptions options) =>
        await new LayeredTransport(new TcpTransport(_pool), new WebSocketLayer(options)).DialAsync(Multiaddress.Parse(address), default).AsTask().WaitAsync(PipeTransfer.Alive);

    /// <summary>The thumbprint of what the listener shows to the client of the base class library.</summary>
    static async Task<string?> ShownAsync(IListener<Link> listener)
    {
        string? shown = null;
        using var client = new ClientWebSocket();
        client.Options.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
        {
            shown = certificate?.GetCertHashString();
            return shown is not null;
        };
        await client.ConnectAsync(new Uri($"wss://localhost:{Port(listener)}"), default).WaitAsync(PipeTransfer.Alive);
        return shown;
    }
}
