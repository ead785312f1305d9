using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Libp2p.Tests.Names;

/// <summary>A server of names on the loopback interface that answers as a test says, over UDP and TCP on one port.</summary>
sealed class ScriptedServer : IAsyncDisposable
{
    readonly CancellationTokenSource _stop = new();
    readonly Socket _datagrams;
    readonly Socket _streams;
    readonly Task[] _serving;

    public ScriptedServer()
    {
        (_datagrams, _streams) = Bind();
        EndPoint = (IPEndPoint)_streams.LocalEndPoint!;
        _serving = [ServeDatagramsAsync(), ServeStreamsAsync()];
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Answers a question: messages in the order of sending, none for silence. Bytes that are no message go as they are.</summary>
    public Func<Asked, IEnumerable<object>> Answer { get; set; } = _ => [];

    public ConcurrentQueue<Asked> Questions { get; } = [];

    public async Task AskedAsync(int count)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        while (Questions.Count < count)
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _datagrams.Dispose();
        _streams.Dispose();
        await Task.WhenAll(_serving);
        _stop.Dispose();
    }

    /// <summary>Two sockets of one port number, which may be taken for either.</summary>
    static (Socket Datagrams, Socket Streams) Bind()
    {
        for (var attempt = 0; ; attempt++)
        {
            var streams = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            var datagrams = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            try
            {
                streams.Bind(new IPEndPoint(IPAddress.Loopback, 0));
                streams.Listen(16);
                datagrams.Bind(streams.LocalEndPoint!);
                return (datagrams, streams);
            }
            catch (SocketException) when (attempt < 20)
            {
                streams.Dispose();
                datagrams.Dispose();
            }
        }
    }

    async Task ServeDatagramsAsync()
    {
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                var received = await _datagrams.ReceiveFromAsync(buffer, SocketFlags.None, EndPoint, _stop.Token);
                foreach (var answer in Ask(buffer.AsSpan(0, received.ReceivedBytes), overTcp: false))
                    await _datagrams.SendToAsync(answer, SocketFlags.None, received.RemoteEndPoint, _stop.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
        }
    }

    async Task ServeStreamsAsync()
    {
        try
        {
            while (true)
            {
                using var socket = await _streams.AcceptAsync(_stop.Token);
                await using var stream = new NetworkStream(socket);
                var length = new byte[2];
                await stream.ReadExactlyAsync(length, _stop.Token);
                var bytes = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
                await stream.ReadExactlyAsync(bytes, _stop.Token);
                foreach (var answer in Ask(bytes, overTcp: true))
                {
                    BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)answer.Length);
                    await stream.WriteAsync((byte[])[.. length, .. answer], _stop.Token);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or IOException or SocketException)
        {
        }
    }

    List<byte[]> Ask(ReadOnlySpan<byte> bytes, bool overTcp)
    {
        Assert.True(DnsMessageCodec.TryRead(bytes, out var message, out var error), error);
        var asked = new Asked(message, overTcp);
        Questions.Enqueue(asked);
        return [.. Answer(asked).Select(a => a as byte[] ?? Write((DnsMessage)a))];
    }

    public static byte[] Write(DnsMessage message)
    {
        var output = new ArrayBufferWriter<byte>();
        DnsMessageCodec.Write(output, message);
        return output.WrittenSpan.ToArray();
    }
}

/// <summary>A question that came to a <see cref="ScriptedServer"/>.</summary>
sealed record Asked(DnsMessage Message, bool OverTcp)
{
    public DnsQuestion Question => Message.Questions[0];

    public string Name => Question.Name.ToString().ToLowerInvariant();

    public DnsType Type => Question.Type;

    /// <summary>An answer to it.</summary>
    public DnsMessage With(params DnsRecord[] answers) =>
        new() { Id = Message.Id, IsResponse = true, RecursionDesired = true, RecursionAvailable = true, Questions = Message.Questions, Answers = answers, PayloadSize = Message.PayloadSize };

    public DnsMessage With(DnsResponseCode code) => With() with { ResponseCode = code };
}
