using System.Buffers.Text;
using System.Net.Http.Headers;

namespace Libp2p.Names;

/// <summary>A server that is asked over HTTPS (RFC 8484).</summary>
internal sealed class HttpsServer(HttpClient client, Uri uri, bool byGet) : IDnsServer
{
    private const string MediaType = "application/dns-message";

    /// <inheritdoc/>
    public async Task<DnsMessage> AskAsync(DnsName name, DnsType type, CancellationToken cancellationToken)
    {
        var query = DnsQuery.Plain(name, type);
        try
        {
            using var request = Request(query);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
                throw new DnsServerException($"it answered {(int)response.StatusCode}");
            if (response.Content.Headers.ContentType?.MediaType != MediaType)
                throw new DnsServerException("its answer is no message of DNS");
            var bytes = await ReadAsync(response.Content, cancellationToken).ConfigureAwait(false);
            if (!DnsMessageCodec.TryRead(bytes.Span, out var message, out var error))
                throw new DnsServerException($"its answer cannot be read: {error}");
            if (query.Compare(message) == DnsQuery.Match.None)
                throw new DnsServerException("its answer is one to another question");
            return Aged(message, response.Headers.Age);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new DnsServerException(e.Message.Split('\n')[0], e);
        }
    }

    public override string ToString() => uri.ToString();

    private HttpRequestMessage Request(DnsQuery query)
    {
        HttpRequestMessage request;
        if (byGet)
        {
            var address = $"{uri}{(uri.Query.Length == 0 ? '?' : '&')}dns={Base64Url.EncodeToString(query.Bytes.Span)}";
            request = new(HttpMethod.Get, address);
        }
        else
        {
            request = new(HttpMethod.Post, uri) { Content = new ReadOnlyMemoryContent(query.Bytes) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(MediaType);
        }
        request.Version = System.Net.HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        request.Headers.Accept.Add(new(MediaType));
        return request;
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var bytes = new System.Buffers.ArrayBufferWriter<byte>(2048);
        while (await stream.ReadAsync(bytes.GetMemory(1), cancellationToken).ConfigureAwait(false) is > 0 and var read)
        {
            bytes.Advance(read);
            if (bytes.WrittenCount > DnsMessageCodec.MaxMessage)
                throw new DnsServerException("its answer is too long");
        }
        return bytes.WrittenMemory;
    }

    /// <summary>What a cache on the way kept for a while holds that much shorter (RFC 8484, section 5.1).</summary>
    private static DnsMessage Aged(DnsMessage message, TimeSpan? age)
    {
        if (age is not { } kept || kept <= TimeSpan.Zero)
            return message;
        var seconds = (uint)Math.Min(kept.TotalSeconds, uint.MaxValue);
        return message with { Answers = [.. message.Answers.Select(Shorten)], Authorities = [.. message.Authorities.Select(Shorten)] };

        DnsRecord Shorten(DnsRecord record) => record with { TimeToLive = record.TimeToLive - Math.Min(record.TimeToLive, seconds) };
    }
}
