using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Libp2p.Names;

/// <summary>A server that is asked over UDP, and over TCP where its answer does not fit (RFC 1035, section 4.2; RFC 7766).</summary>
internal sealed class DatagramServer(IPEndPoint endPoint) : IDnsServer
{
    // An answer may be preceded by some that came late; who sends more of them has something else in mind.
    private const int MaxStrays = 32;

    /// <inheritdoc/>
    public async Task<DnsMessage> AskAsync(DnsName name, DnsType type, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await ExchangeAsync(DnsQuery.Guarded(name, type, extended: true), cancellationToken).ConfigureAwait(false);
            var isOld = answer is { ResponseCode: DnsResponseCode.FormatError or DnsResponseCode.NotImplemented, PayloadSize: null };
            return isOld ? await ExchangeAsync(DnsQuery.Guarded(name, type, extended: false), cancellationToken).ConfigureAwait(false) : answer;
        }
        catch (SocketException e)
        {
            throw new DnsServerException(Explain(e.SocketErrorCode), e);
        }
    }

    public override string ToString() => endPoint.ToString();

    private async Task<DnsMessage> ExchangeAsync(DnsQuery query, CancellationToken cancellationToken) =>
        await AskByDatagramAsync(query, cancellationToken).ConfigureAwait(false) ?? await AskByStreamAsync(query, cancellationToken).ConfigureAwait(false);

    /// <summary>The answer; null where it must be asked for over TCP.</summary>
    private async Task<DnsMessage?> AskByDatagramAsync(DnsQuery query, CancellationToken cancellationToken)
    {
        // A socket for each question: its port is one more thing to guess, and connected it hears of nobody else.
        using var socket = new Socket(endPoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(endPoint, cancellationToken).ConfigureAwait(false);
        await socket.SendAsync(query.Bytes, cancellationToken).ConfigureAwait(false);
        var buffer = ArrayPool<byte>.Shared.Rent(DnsQuery.PayloadSize);
        try
        {
            for (var strays = 0; strays < MaxStrays; strays++)
            {
                var length = await socket.ReceiveAsync(buffer.AsMemory(0, DnsQuery.PayloadSize), cancellationToken).ConfigureAwait(false);
                if (query.IsTruncatedAnswer(buffer.AsSpan(0, length)))
                    return null;
                if (!DnsMessageCodec.TryRead(buffer.AsSpan(0, length), out var message, out _))
                    continue;
                var match = query.Compare(message);
                if (match != DnsQuery.Match.None)
                    return match == DnsQuery.Match.Answer ? message : null;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        throw new DnsServerException("it sends answers to other questions only");
    }

    private async Task<DnsMessage> AskByStreamAsync(DnsQuery query, CancellationToken cancellationToken)
    {
        using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(endPoint, cancellationToken).ConfigureAwait(false);
        var framed = new byte[2 + query.Bytes.Length];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)query.Bytes.Length);
        query.Bytes.CopyTo(framed.AsMemory(2));
        await using var stream = new NetworkStream(socket, ownsSocket: false);
        try
        {
            await stream.WriteAsync(framed, cancellationToken).ConfigureAwait(false);
            await stream.ReadExactlyAsync(framed.AsMemory(0, 2), cancellationToken).ConfigureAwait(false);
            var bytes = await ReadAsync(stream, BinaryPrimitives.ReadUInt16BigEndian(framed), cancellationToken).ConfigureAwait(false);
            if (!DnsMessageCodec.TryRead(bytes.Span, out var message, out var error))
                throw new DnsServerException($"its answer cannot be read: {error}");
            if (query.Compare(message) == DnsQuery.Match.None)
                throw new DnsServerException("its answer is one to another question");
            return message;
        }
        catch (EndOfStreamException e)
        {
            throw new DnsServerException("it closed the connection within its answer", e);
        }
        catch (IOException e) when (e.InnerException is SocketException inner)
        {
            throw new DnsServerException(Explain(inner.SocketErrorCode), e);
        }
    }

    /// <summary>Reads so many bytes into a buffer that grows with what arrives, not with what was declared.</summary>
    private static async Task<ReadOnlyMemory<byte>> ReadAsync(NetworkStream stream, int length, CancellationToken cancellationToken)
    {
        var bytes = new ArrayBufferWriter<byte>(2048);
        while (bytes.WrittenCount < length)
        {
            var room = bytes.GetMemory(1);
            var read = await stream.ReadAsync(room[..Math.Min(room.Length, length - bytes.WrittenCount)], cancellationToken).ConfigureAwait(false);
            if (read == 0)
                throw new EndOfStreamException();
            bytes.Advance(read);
        }
        return bytes.WrittenMemory;
    }

    private static string Explain(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => "nobody listens there",
        SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.NetworkDown => "there is no way to it",
        _ => $"the socket failed ({error})",
    };
}
