namespace Libp2p.TransportInterop;

/// <summary>Redis refuses a command, is gone, or is not Redis.</summary>
/// <param name="code">The first word of its refusal, such as <c>WRONGTYPE</c>.</param>
/// <param name="message">One line.</param>
internal sealed class RedisException(string code, string message) : Exception(message)
{
    /// <summary>The first word of its refusal, such as <c>WRONGTYPE</c>.</summary>
    public string Code { get; } = code;
}
