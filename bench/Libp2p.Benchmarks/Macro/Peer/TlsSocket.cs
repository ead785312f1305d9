using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Libp2p.Benchmarks.Macro.Peer;

/// <summary>The limit of any stack on the platform's TLS: a bare <c>SslStream</c> on a socket, TLS 1.3, 64 KiB a write.</summary>
internal sealed class TlsSocket : IRawPipe
{
    private const int Portion = 64 * 1024;

    private static readonly Lazy<X509Certificate2> Certificate = new(() =>
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        return new CertificateRequest("CN=limit", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    });

    private readonly SslStream _stream;
    private readonly byte[] _buffer = new byte[Portion];

    private TlsSocket(SslStream stream) => _stream = stream;

    public static async Task<TlsSocket> ConnectAsync(Socket socket)
    {
        // A measurement trusts its own two processes.
        var stream = new SslStream(Wrap(socket), leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate is not null);
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "", EnabledSslProtocols = SslProtocols.Tls13 });
        return new TlsSocket(stream);
    }

    public static async Task<TlsSocket> AcceptAsync(Socket socket)
    {
        var stream = new SslStream(Wrap(socket));
        await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = Certificate.Value, EnabledSslProtocols = SslProtocols.Tls13 });
        return new TlsSocket(stream);
    }

    public async ValueTask SendAsync(long count)
    {
        for (; count > 0; count -= Portion)
            await _stream.WriteAsync(_buffer.AsMemory(0, (int)Math.Min(count, Portion)));
    }

    public async ValueTask ReceiveAsync(long count)
    {
        while (count > 0)
        {
            var read = await _stream.ReadAsync(_buffer);
            if (read == 0)
                throw new IOException("The other side closed the connection.");
            count -= read;
        }
    }

    public void Dispose() => _stream.Dispose();

    private static NetworkStream Wrap(Socket socket) => new(socket, ownsSocket: false);
}
