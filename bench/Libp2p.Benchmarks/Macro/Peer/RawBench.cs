using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Libp2p.Benchmarks.Macro.Peer;

/// <summary>The dialling side of the raw limits: <c>raw-perf {port, up, down, tls?, private?}</c> and <c>raw-echo {port, count?, warmup?}</c>.</summary>
internal static class RawBench
{
    public static async Task<JsonObject> TransferAsync(PeerCommand command)
    {
        var (up, down) = (command.Number("up", 0), command.Number("down", 0));
        if ((up == 0) == (down == 0))
            throw new FormatException("the raw pipe goes up or down");
        var isTls = command.Flag("tls");
        var isPrivate = command.Flag("private");
        var (upward, downward) = isTls ? (RawServer.TlsUp, RawServer.TlsDown)
            : isPrivate ? (RawServer.PrivateUp, RawServer.PrivateDown)
            : (RawServer.Up, RawServer.Down);
        var what = up > 0 ? upward : downward;
        using var socket = await ConnectAsync(command, what, up + down);
        using IRawPipe pipe = isTls ? await TlsSocket.ConnectAsync(socket) : new SealedSocket(socket, isPrivate);
        var start = Stopwatch.GetTimestamp();
        if (up > 0)
        {
            await pipe.SendAsync(up);
            await pipe.ReceiveAsync(1);
        }
        else
        {
            await pipe.ReceiveAsync(down);
        }
        return new JsonObject { ["up"] = up, ["down"] = down, ["seconds"] = Stopwatch.GetElapsedTime(start).TotalSeconds };
    }

    public static async Task<JsonObject> EchoAsync(PeerCommand command)
    {
        using var socket = await ConnectAsync(command, RawServer.Echo, 0);
        var message = new byte[EchoExchange.Length];
        return await Repetition.CountAsync("echo", (int)command.Number("warmup", 1_000), (int)command.Number("count", 10_000), async () =>
        {
            await socket.SendAsync(message);
            await RawServer.ReceiveExactlyAsync(socket, message);
        });
    }

    private static async Task<Socket> ConnectAsync(PeerCommand command, byte what, long count)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, (int)command.Number("port", 0)));
        var request = new byte[RawServer.RequestLength];
        request[0] = what;
        BinaryPrimitives.WriteInt64BigEndian(request.AsSpan(1), count);
        await socket.SendAsync(request);
        return socket;
    }
}
