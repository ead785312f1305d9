using System.Buffers;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Libp2p.Transports.Unix;

/// <summary>Accepts connections of one Unix socket; removes its file in the end.</summary>
internal sealed class UnixListener(Socket socket, Multiaddress address, string path, MemoryPool<byte> pool, TimeProvider time, ILogger logger) : IListener<Link>
{
    /// <summary>How long accepting pauses when the process has run out of something, such as file descriptors.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly CancellationTokenSource _closing = new();

    public Multiaddress Address { get; } = address;

    public async ValueTask<Link?> AcceptAsync(CancellationToken cancellationToken)
    {
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                return new UnixLink(await socket.AcceptAsync(cancellationToken).ConfigureAwait(false), Address, pool);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                if (_closing.IsCancellationRequested)
                    return null;
                UnixLog.AcceptFailed(logger, Address, SocketFailures.Explain((e as SocketException)?.SocketErrorCode ?? SocketError.SocketError));
                await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
            }
        }
        return null;
    }

    public ValueTask DisposeAsync()
    {
        if (_closing.IsCancellationRequested)
            return ValueTask.CompletedTask;
        _closing.Cancel();
        // While it still listens, nobody takes the file for a stale one: so it is certainly this one's.
        File.Delete(path);
        socket.Dispose();
        return ValueTask.CompletedTask;
    }
}
