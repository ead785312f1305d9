using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Libp2p.Benchmarks.Macro.Peer;

/// <summary>The listening side of the raw limits. A connection begins with what is wanted: a letter and a count.</summary>
internal sealed class RawServer : IDisposable
{
    public const int RequestLength = 1 + sizeof(ulong);
    public const byte Up = (byte)'u';
    public const byte Down = (byte)'d';
    public const byte TlsUp = (byte)'U';
    public const byte TlsDown = (byte)'D';
    public const byte PrivateUp = (byte)'p';
    public const byte PrivateDown = (byte)'q';
    public const byte Echo = (byte)'e';

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Task _accepting;

    public RawServer()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    public static async ValueTask ReceiveExactlyAsync(Socket socket, Memory<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var read = await socket.ReceiveAsync(buffer);
            if (read == 0)
                throw new EndOfStreamException("The other side closed the connection.");
            buffer = buffer[read..];
        }
    }

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptAsync();
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                return;
            }
            _ = Task.Run(() => ServeAsync(socket));
        }
    }

    private static async Task ServeAsync(Socket socket)
    {
        using var owned = socket;
        socket.NoDelay = true;
        var request = new byte[RequestLength];
        try
        {
            await ReceiveExactlyAsync(socket, request);
            var count = BinaryPrimitives.ReadInt64BigEndian(request.AsSpan(1));
            using IRawPipe pipe = request[0] is TlsUp or TlsDown
                ? await TlsSocket.AcceptAsync(socket)
                : new SealedSocket(socket, isPrivate: request[0] is PrivateUp or PrivateDown);
            switch (request[0])
            {
                case Up or TlsUp or PrivateUp:
                    await pipe.ReceiveAsync(count);
                    await pipe.SendAsync(1);
                    break;
                case Down or TlsDown or PrivateDown:
                    await pipe.SendAsync(count);
                    break;
                default:
                    await EchoAsync(socket);
                    break;
            }
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            // The dialling side has what it wanted, and tells of it where it has not.
        }
    }

    private static async Task EchoAsync(Socket socket)
    {
        var buffer = new byte[4096];
        while (await socket.ReceiveAsync(buffer) is var read and > 0)
            await socket.SendAsync(buffer.AsMemory(0, read));
    }
}
