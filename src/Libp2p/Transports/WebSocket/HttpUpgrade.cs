using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;

namespace Libp2p.Transports.WebSocket;

/// <summary>The exchange that makes a WebSocket of a link (RFC 6455, section 4): one request, one answer. What follows them stays in the link.</summary>
internal static class HttpUpgrade
{
    /// <summary>Asks for a WebSocket.</summary>
    /// <exception cref="Libp2pException">The server refused, or does not speak it.</exception>
    public static async ValueTask AskAsync(Link link, string host, string path, CancellationToken cancellationToken)
    {
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        HttpUpgradeCodec.WriteRequest(link.Output, host, path, key);
        await link.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
        var error = await ReadHeadAsync(
            link.Input, key, static (head, key) => HttpUpgradeCodec.TryReadResponse(head, key, out var error) ? "" : error, cancellationToken).ConfigureAwait(false);
        if (error is not "")
            throw new Libp2pException(Libp2pError.NegotiationFailed, error ?? "the head of the server's answer is too long");
    }

    /// <summary>Answers a request for a WebSocket; the answer is flushed.</summary>
    /// <param name="link">The link.</param>
    /// <param name="path">The only path that is served; null where all are.</param>
    /// <param name="cancellationToken">The deadline.</param>
    /// <exception cref="Libp2pException">It was none that is served here; the answer has said so.</exception>
    public static async ValueTask<HttpUpgradeRequest> AnswerAsync(Link link, string? path, CancellationToken cancellationToken)
    {
        var (request, refusal) = await ReadHeadAsync(
            link.Input,
            path,
            static (head, path) => !HttpUpgradeCodec.TryReadRequest(head, out var request, out var refusal) ? (null, refusal)
                : path is not null && request.Target.Split('?')[0] != path ? (null, HttpRefusal.NotFound)
                : (request, (HttpRefusal?)null),
            cancellationToken).ConfigureAwait(false);
        if (request is not null)
            HttpUpgradeCodec.WriteResponse(link.Output, request.Key);
        else
            HttpUpgradeCodec.WriteRefusal(link.Output, refusal ?? HttpRefusal.TooLarge);
        await link.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
        return request ?? throw new Libp2pException(Libp2pError.NegotiationFailed, $"the request for a WebSocket was refused: {(refusal ?? HttpRefusal.TooLarge).Reason}");
    }

    private delegate T HeadReader<in TArgument, out T>(ReadOnlySpan<byte> head, TArgument argument);

    /// <summary>Reads one head and moves past it; the default value where it is too long.</summary>
    private static async ValueTask<T?> ReadHeadAsync<T, TArgument>(
        PipeReader input, TArgument argument, HeadReader<TArgument, T> reader, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            var buffer = read.Buffer;
            var first = buffer.IsSingleSegment ? buffer.FirstSpan : Gather(buffer);
            var end = HttpUpgradeCodec.FindEnd(first);
            if (end != 0)
            {
                var result = end < 0 ? default : reader(first[..end], argument);
                input.AdvanceTo(end < 0 ? buffer.Start : buffer.GetPosition(end));
                return result;
            }
            input.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted)
                throw new Libp2pException(Libp2pError.ConnectionClosed, "the other side ended the connection before the WebSocket was open");
        }
    }

    private static ReadOnlySpan<byte> Gather(in ReadOnlySequence<byte> buffer)
    {
        var gathered = new byte[Math.Min(buffer.Length, HttpUpgradeCodec.MaxHead)];
        buffer.Slice(0, gathered.Length).CopyTo(gathered);
        return gathered;
    }
}
