using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Libp2p.Transports.WebSocket;

/// <summary>
/// The heads of HTTP/1.1 that open a WebSocket (RFC 6455, section 4; RFC 9112 for the grammar), and nothing more of HTTP. Strict:
/// what a proxy in front could read otherwise than this side (bare line feeds, folded lines, a body) is refused.
/// </summary>
internal static class HttpUpgradeCodec
{
    /// <summary>The most bytes of a head, the empty line at its end included.</summary>
    public const int MaxHead = 32 * 1024;

    /// <summary>The most header fields of a head.</summary>
    public const int MaxHeaders = 100;

    /// <summary>Characters of a key: 16 bytes in base64.</summary>
    public const int KeyLength = 24;

    private const string Version = "HTTP/1.1";

    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Finds the end of a head.</summary>
    /// <param name="received">What has arrived.</param>
    /// <returns>The head's length with the empty line; 0 where that is not there yet; −1 where the head is longer than <see cref="MaxHead"/>.</returns>
    public static int FindEnd(ReadOnlySpan<byte> received)
    {
        var end = received[..Math.Min(received.Length, MaxHead)].IndexOf("\r\n\r\n"u8);
        return end >= 0 ? end + 4 : received.Length >= MaxHead ? -1 : 0;
    }

    /// <summary>Reads a request for a WebSocket.</summary>
    /// <param name="head">A head, as <see cref="FindEnd"/> measured it.</param>
    /// <param name="request">What it asks for.</param>
    /// <param name="refusal">What to answer where it is not what is served here.</param>
    public static bool TryReadRequest(ReadOnlySpan<byte> head, [NotNullWhen(true)] out HttpUpgradeRequest? request, [NotNullWhen(false)] out HttpRefusal? refusal)
    {
        request = null;
        refusal = null;
        if (!TryReadHead(head, out var first, out var headers, out var error))
        {
            refusal = HttpRefusal.BadRequest(error);
            return false;
        }
        var words = first.Split(' ');
        if (words is not [var method, { Length: > 0 } target, Version] || target.AsSpan().ContainsAnyExceptInRange('!', '~'))
            refusal = HttpRefusal.BadRequest("the request line is not one of HTTP/1.1");
        else if (method != "GET")
            refusal = new HttpRefusal(405, "Method Not Allowed", "only GET is served here");
        else if (HasBody(headers))
            refusal = HttpRefusal.BadRequest("a request for a WebSocket has no body");
        else if (!headers.TryGetValue("Host", out var host) || host.Contains(',', StringComparison.Ordinal))
            refusal = HttpRefusal.BadRequest("one Host header is due");
        else if (!HasToken(headers, "Connection", "upgrade") || !HasToken(headers, "Upgrade", "websocket"))
            refusal = HttpRefusal.UpgradeRequired("only WebSocket is served here");
        else if (headers.GetValueOrDefault("Sec-WebSocket-Version") != "13")
            refusal = HttpRefusal.UpgradeRequired("only version 13 of WebSocket is served here");
        else if (!headers.TryGetValue("Sec-WebSocket-Key", out var key) || !IsKey(key))
            refusal = HttpRefusal.BadRequest("one Sec-WebSocket-Key of 16 bytes in base64 is due");
        else
            request = new HttpUpgradeRequest(target, host, key, headers.GetValueOrDefault("X-Forwarded-For"), headers.GetValueOrDefault("Forwarded"));
        return refusal is null;
    }

    /// <summary>Reads the answer to <see cref="WriteRequest"/>.</summary>
    /// <param name="head">A head, as <see cref="FindEnd"/> measured it.</param>
    /// <param name="key">The key that was sent.</param>
    /// <param name="error">One line for people, where it opens no WebSocket.</param>
    public static bool TryReadResponse(ReadOnlySpan<byte> head, string key, [NotNullWhen(false)] out string? error)
    {
        if (!TryReadHead(head, out var first, out var headers, out error))
            return false;
        if (!first.StartsWith(Version + " ", StringComparison.Ordinal))
            error = "the answer is not one of HTTP/1.1";
        else if (!first.AsSpan(Version.Length).StartsWith(" 101 "))
            error = $"the server refused the WebSocket: {PrintableText.Escape(first[(Version.Length + 1)..], 64)}";
        else if (!HasToken(headers, "Connection", "upgrade") || !HasToken(headers, "Upgrade", "websocket"))
            error = "the server switched to another protocol than WebSocket";
        else if (headers.GetValueOrDefault("Sec-WebSocket-Accept") != Accept(key))
            error = "the answer belongs to another request: its Sec-WebSocket-Accept is wrong";
        else if (headers.ContainsKey("Sec-WebSocket-Extensions") || headers.ContainsKey("Sec-WebSocket-Protocol"))
            error = "the server chose an extension or a subprotocol that nobody offered";
        return error is null;
    }

    /// <summary>Writes a request for a WebSocket.</summary>
    /// <param name="output">Where.</param>
    /// <param name="host">The Host header: a name or an address, and a port where it is not the scheme's own.</param>
    /// <param name="target">The path: printable ASCII that begins with a slash.</param>
    /// <param name="key">16 random bytes in base64.</param>
    public static void WriteRequest(IBufferWriter<byte> output, string host, string target, string key) => Write(
        output,
        $"GET {target} {Version}\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n");

    /// <summary>Writes the answer that opens the WebSocket.</summary>
    public static void WriteResponse(IBufferWriter<byte> output, string key) => Write(
        output, $"{Version} 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {Accept(key)}\r\n\r\n");

    /// <summary>Writes the answer that opens none.</summary>
    public static void WriteRefusal(IBufferWriter<byte> output, HttpRefusal refusal)
    {
        var hint = refusal.Status == 426 ? "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" : refusal.Status == 405 ? "Allow: GET\r\n" : "";
        // Who names what to upgrade to says in Connection that the header is for the next hop alone (RFC 9110, section 7.8).
        var connection = refusal.Status == 426 ? "Upgrade, close" : "close";
        var body = refusal.Reason + "\n";
        Write(output, $"{Version} {refusal.Status} {refusal.Phrase}\r\nConnection: {connection}\r\nContent-Type: text/plain\r\nContent-Length: {body.Length}\r\n{hint}\r\n{body}");
    }

    /// <summary>The proof that the server understood the request (RFC 6455, section 4.2.2).</summary>
    public static string Accept(string key)
    {
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // The RFC fixes SHA-1; nothing is secured by it.
        SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"), hash);
#pragma warning restore CA5350
        return Convert.ToBase64String(hash);
    }

    private static void Write(IBufferWriter<byte> output, string text) => Encoding.ASCII.GetBytes(text, output);

    private static bool TryReadHead(ReadOnlySpan<byte> head, out string first, out Dictionary<string, string> headers, [NotNullWhen(false)] out string? error)
    {
        first = "";
        headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        error = null;
        // Whatever is beyond ASCII stays one character a byte.
        var text = Encoding.Latin1.GetString(head);
        var lines = text.AsSpan();
        for (var number = 0; error is null; number++)
        {
            var end = lines.IndexOf("\r\n", StringComparison.Ordinal);
            if (end < 0)
            {
                error = "the head does not end in an empty line";
                break;
            }
            var line = lines[..end];
            lines = lines[(end + 2)..];
            if (HasControl(line))
                error = "the head has a control character";
            else if (number == 0)
                first = line.ToString();
            else if (line.IsEmpty)
                return lines.IsEmpty || (error = "more follows the head") is null;
            else if (number > MaxHeaders)
                error = $"the head has more than {MaxHeaders} header fields";
            else if (!TryAdd(headers, line))
                error = "a header field has no name, or is folded";
        }
        return false;
    }

    private static bool TryAdd(Dictionary<string, string> headers, ReadOnlySpan<char> line)
    {
        var colon = line.IndexOf(':');
        if (colon <= 0 || line[..colon].ContainsAnyExcept(TokenCharacters))
            return false;
        var name = line[..colon].ToString();
        var value = line[(colon + 1)..].Trim(" \t").ToString();
        headers[name] = headers.TryGetValue(name, out var earlier) ? $"{earlier}, {value}" : value;
        return true;
    }

    private static bool HasControl(ReadOnlySpan<char> line)
    {
        foreach (var c in line)
        {
            if (c is < ' ' and not '\t' or '\x7f')
                return true;
        }
        return false;
    }

    private static bool HasBody(Dictionary<string, string> headers) =>
        headers.ContainsKey("Transfer-Encoding") || (headers.TryGetValue("Content-Length", out var length) && length != "0");

    private static bool HasToken(Dictionary<string, string> headers, string name, string token)
    {
        if (!headers.TryGetValue(name, out var value))
            return false;
        foreach (var range in value.AsSpan().Split(','))
        {
            if (value.AsSpan(range).Trim(" \t").Equals(token, StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return false;
    }

    private static bool IsKey(string key) => key.Length == KeyLength && Base64.IsValid(key, out var length) && length == 16;
}
