using System.Net;
using System.Net.Sockets;

namespace Libp2p.Attack.Tests.Support;

/// <summary>Passes on what one dialler and one listener say to each other, until it is told to stop; it closes nothing by itself.</summary>
sealed class SilencingProxy : IAsyncDisposable
{
    readonly Socket _listening = new(SocketType.Stream, ProtocolType.Tcp);
    readonly Socket _far = new(SocketType.Stream, ProtocolType.Tcp);
    readonly CancellationTokenSource _silence = new();
    readonly Task _passing;
    Socket? _near;

    public SilencingProxy(int target)
    {
        _listening.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listening.Listen(1);
        Port = ((IPEndPoint)_listening.LocalEndPoint!).Port;
        _passing = PassAsync(target);
    }

    public int Port { get; }

    /// <summary>From now on nothing is read and nothing is passed on; both connections stay open.</summary>
    public void FallSilent() => _silence.Cancel();

    /// <summary>Ends what the dialler sends, as its half-close would; the rest stays open, and silent.</summary>
    public void EndOneSide()
    {
        _silence.Cancel();
        _far.Shutdown(SocketShutdown.Send);
    }

    public async ValueTask DisposeAsync()
    {
        await _silence.CancelAsync();
        _listening.Dispose();
        _far.Dispose();
        _near?.Dispose();
        await _passing;
    }

    async Task PassAsync(int target)
    {
        _near = await _listening.AcceptAsync();
        await _far.ConnectAsync(IPAddress.Loopback, target);
        await Task.WhenAll(PassAsync(_near, _far), PassAsync(_far, _near));
    }

    async Task PassAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, _silence.Token) is > 0 and var count)
                await to.SendAsync(buffer.AsMemory(0, count), _silence.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            // Silence, or one of the two has gone.
        }
    }
}
