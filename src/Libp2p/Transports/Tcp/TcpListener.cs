using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Libp2p.Transports.Tcp;

/// <summary>Accepts TCP connections on one end point.</summary>
internal sealed class TcpListener : IListener<Link>
{
    /// <summary>How long accepting pauses when the process has run out of something, such as file descriptors.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Socket _socket;
    private readonly MemoryPool<byte> _pool;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Action<TcpListener> _onClosed;
    private readonly CancellationTokenSource _closing = new();

    public TcpListener(Socket socket, MemoryPool<byte> pool, TimeProvider time, ILogger logger, Action<TcpListener> onClosed)
    {
        _socket = socket;
        _pool = pool;
        _time = time;
        _logger = logger;
        _onClosed = onClosed;
        EndPoint = (IPEndPoint)socket.LocalEndPoint!;
        Address = Multiaddress.FromEndPoint(EndPoint, MultiaddressProtocols.Tcp);
    }

    public IPEndPoint EndPoint { get; }

    public Multiaddress Address { get; }

    public async ValueTask<Link?> AcceptAsync(CancellationToken cancellationToken)
    {
        while (!_closing.IsCancellationRequested)
        {
            Socket? accepted = null;
            try
            {
                accepted = await _socket.AcceptAsync(cancellationToken).ConfigureAwait(false);
                return new TcpLink(accepted, _pool);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                accepted?.Dispose();
                if (_closing.IsCancellationRequested)
                    return null;
                if (e is SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.NotConnected })
                    continue; // The other side left between the kernel's accept and ours.
                TcpLog.AcceptFailed(_logger, Address, SocketFailures.Explain((e as SocketException)?.SocketErrorCode ?? SocketError.SocketError));
                await Task.Delay(Pause, _time, cancellationToken).ConfigureAwait(false);
            }
        }
        return null;
    }

    public ValueTask DisposeAsync()
    {
        if (_closing.IsCancellationRequested)
            return ValueTask.CompletedTask;
        _closing.Cancel();
        _socket.Dispose();
        _onClosed(this);
        return ValueTask.CompletedTask;
    }
}
