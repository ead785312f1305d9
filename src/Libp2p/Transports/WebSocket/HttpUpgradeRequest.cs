namespace Libp2p.Transports.WebSocket;

/// <summary>A request for a WebSocket.</summary>
/// <param name="Target">Its path, with the query: printable ASCII.</param>
/// <param name="Host">Whom it believes to ask.</param>
/// <param name="Key">16 bytes in base64, which the answer proves to have read.</param>
/// <param name="XForwardedFor">What proxies on the way say of the sender; null where none does. Anyone can write it.</param>
/// <param name="Forwarded">The same in the form of RFC 7239.</param>
internal sealed record HttpUpgradeRequest(string Target, string Host, string Key, string? XForwardedFor, string? Forwarded);

/// <summary>An answer that opens no WebSocket.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Phrase">The status in words.</param>
/// <param name="Reason">One line in ASCII for people.</param>
internal sealed record HttpRefusal(int Status, string Phrase, string Reason)
{
    public static HttpRefusal BadRequest(string reason) => new(400, "Bad Request", reason);

    public static HttpRefusal UpgradeRequired(string reason) => new(426, "Upgrade Required", reason);

    public static HttpRefusal NotFound { get; } = new(404, "Not Found", "there is no WebSocket at this path");

    public static HttpRefusal TooLarge { get; } = new(431, "Request Header Fields Too Large", "the head is too large");
}
