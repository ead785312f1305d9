using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Tincan.Chat.Wire;

namespace Tincan.Chat;

/// <summary>The direct messages of universal-connectivity, each one protobuf. Any bytes are safe: what does not decode is a false.</summary>
internal static class UniversalCodec
{
    /// <summary>Bytes of a request or a response: the longest text, and what is around it.</summary>
    public const int MaxBytes = ChatLimits.MaxDirectBytes + 1024;

    private const string PlainText = "text/plain";
    private const string ClientVersion = "tincan";

    private static readonly MessageParser<DirectMessageRequest> Requests = DirectMessageRequest.Parser.WithDiscardUnknownFields(true);
    private static readonly MessageParser<DirectMessageResponse> Responses = DirectMessageResponse.Parser.WithDiscardUnknownFields(true);

    /// <summary>Writes a message.</summary>
    /// <param name="text">What it says.</param>
    /// <param name="now">In ms since 1970.</param>
    public static byte[] EncodeRequest(string text, long now) =>
        new DirectMessageRequest { Metadata = Metadata(now), Content = text, Type = PlainText }.ToByteArray();

    /// <summary>Writes an answer: that it was taken, or why not.</summary>
    public static byte[] EncodeResponse(string? refusal, long now)
    {
        var response = new DirectMessageResponse
        {
            Metadata = Metadata(now),
            Status = refusal is null ? DirectMessageResponse.Types.Status.Ok : DirectMessageResponse.Types.Status.Error,
        };
        if (refusal is not null)
            response.StatusText = refusal;
        return response.ToByteArray();
    }

    /// <summary>Reads a message.</summary>
    /// <returns>False where it is none, is empty or too long, or is of another type than text.</returns>
    public static bool TryReadRequest(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out string? text)
    {
        text = null;
        if (!WireMessage.TryParse(Requests, bytes, MaxBytes, out var request) || (request.Type.Length > 0 && request.Type != PlainText))
            return false;
        text = request.Content;
        return text.Length > 0 && System.Text.Encoding.UTF8.GetByteCount(text) <= ChatLimits.MaxDirectBytes;
    }

    /// <summary>Reads an answer.</summary>
    /// <param name="bytes">The message.</param>
    /// <param name="refusal">Why the peer did not take what was sent, as it says; null where it did.</param>
    public static bool TryReadResponse(ReadOnlySpan<byte> bytes, out string? refusal)
    {
        refusal = null;
        if (!WireMessage.TryParse(Responses, bytes, MaxBytes, out var response))
            return false;
        if (response.Status != DirectMessageResponse.Types.Status.Ok)
            refusal = response.StatusText.Length > 0 ? response.StatusText : $"status {(int)response.Status}";
        return true;
    }

    private static Metadata Metadata(long now) => new() { ClientVersion = ClientVersion, Timestamp = now };
}
