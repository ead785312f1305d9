using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;

namespace Libp2p.Transports.WebSocket;

/// <summary>The TLS of an <c>https</c> server, over which a WebSocket is <c>wss</c>. Who the peer is, it does not tell: that is proven inside.</summary>
internal sealed class TlsLink : Link
{
    private readonly Link _carrier;
    private readonly SslStream _stream;
    private readonly SslTurn _turn;
    private readonly TlsReader _reader;
    private readonly TlsWriter _writer;
    private Exception? _failure;

    private TlsLink(Link carrier, SslStream stream, SslTurn turn)
    {
        _carrier = carrier;
        _stream = stream;
        _turn = turn;
        _turn.Give();
        _reader = new TlsReader(this, stream, turn);
        _writer = new TlsWriter(this, stream);
    }

    public override PipeReader Input => _reader;

    public override PipeWriter Output => _writer;

    public override Multiaddress LocalAddress => _carrier.LocalAddress;

    public override Multiaddress RemoteAddress => _carrier.RemoteAddress;

    public override MemoryPool<byte> Pool => _carrier.Pool;

    public override long? BytesReceived => _carrier.BytesReceived;

    public override long? BytesSent => _carrier.BytesSent;

    /// <summary>What reads and writes fail with; null while the link is whole.</summary>
    public Exception? Failure => Volatile.Read(ref _failure);

    /// <summary>Shakes hands as the server.</summary>
    public static ValueTask<TlsLink> AcceptAsync(Link carrier, SslServerAuthenticationOptions options, CancellationToken cancellationToken) =>
        AuthenticateAsync(carrier, stream => stream.AuthenticateAsServerAsync(options, cancellationToken));

    /// <summary>Shakes hands as the client.</summary>
    public static ValueTask<TlsLink> DialAsync(Link carrier, SslClientAuthenticationOptions options, CancellationToken cancellationToken) =>
        AuthenticateAsync(carrier, stream => stream.AuthenticateAsClientAsync(options, cancellationToken));

    public override void Abort(Exception? reason = null)
    {
        var failure = reason ?? new Libp2pException(Libp2pError.ConnectionClosed, "the connection is closed");
        Interlocked.CompareExchange(ref _failure, failure, null);
        _carrier.Abort(failure);
    }

    public override async ValueTask DisposeAsync()
    {
        _writer.Complete();
        await _carrier.DisposeAsync().ConfigureAwait(false);
        _reader.Complete();
        await _stream.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Lets go of what it holds itself; the carrier stays as it is.</summary>
    public async ValueTask ReleaseAsync()
    {
        Interlocked.CompareExchange(ref _failure, new Libp2pException(Libp2pError.ConnectionClosed, "the connection is closed"), null);
        _writer.Complete();
        _reader.Complete();
        await _stream.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Tells the other side that no more comes (close_notify), and ends this direction of the carrier.</summary>
    public async Task EndSendingAsync()
    {
        try
        {
            await _turn.ShutdownAsync(_stream).ConfigureAwait(false);
            await _carrier.Output.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (IsLoss(e))
        {
            // The other side is gone already: there is nobody left to tell.
        }
    }

    /// <summary>Whether an exception of the stream is about the link, and no defect.</summary>
    public static bool IsLoss(Exception exception) =>
        exception is IOException or AuthenticationException or Libp2pException or ObjectDisposedException or InvalidOperationException;

    /// <summary>What a failure of the stream means.</summary>
    public Exception Explain(Exception exception) => Failure ?? Explain(Libp2pError.ConnectionClosed, "the TLS connection is broken", exception);

    private static Libp2pException Explain(Libp2pError error, string what, Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e is Libp2pException known)
                return known;
        }
        return new Libp2pException(error, $"{what}: {exception.Message}", exception);
    }

    private static async ValueTask<TlsLink> AuthenticateAsync(Link carrier, Func<SslStream, Task> authenticate)
    {
        var turn = new SslTurn();
        var stream = new SslStream(new LinkStream(carrier, turn));
        try
        {
            await authenticate(stream).ConfigureAwait(false);
            return new TlsLink(carrier, stream, turn);
        }
        catch (Exception e)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            if (IsLoss(e))
                throw Explain(Libp2pError.HandshakeFailed, "the TLS handshake failed", e);
            throw;
        }
    }
}
