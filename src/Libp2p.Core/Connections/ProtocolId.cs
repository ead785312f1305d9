using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Libp2p;

/// <summary>
/// The name of a protocol as two peers negotiate it, such as <c>/ipfs/ping/1.0.0</c>. Not empty, without a line break,
/// at most <see cref="MaxLength"/> bytes of UTF-8. Immutable; compared by its characters. The default value is empty and is no name.
/// </summary>
public readonly struct ProtocolId : IEquatable<ProtocolId>, ISpanParsable<ProtocolId>, ISpanFormattable
{
    /// <summary>The most bytes of UTF-8: what a multistream-select message of 1024 bytes leaves room for.</summary>
    public const int MaxLength = 1000;

    static readonly UTF8Encoding Utf8Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    readonly string? _text;
    readonly byte[]? _utf8;

    /// <summary>Makes a name of text.</summary>
    /// <exception cref="FormatException">The text is empty, too long, has a line break or is no Unicode text.</exception>
    public ProtocolId(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var utf8 = Check(text, out var error) ?? throw new FormatException(error);
        _text = text;
        _utf8 = utf8;
    }

    ProtocolId(string text, byte[] utf8)
    {
        _text = text;
        _utf8 = utf8;
    }

    /// <summary>Whether this is the default value, which names nothing.</summary>
    public bool IsEmpty => _text is null;

    /// <summary>The name in UTF-8, as it travels.</summary>
    public ReadOnlyMemory<byte> Utf8 => _utf8;

    /// <summary>Makes a name of text.</summary>
    /// <exception cref="FormatException">The text is not a protocol name.</exception>
    public static implicit operator ProtocolId(string text) => new(text);

    /// <summary>Reads a name from the UTF-8 that a peer sent.</summary>
    /// <returns>False where the bytes are no name or no UTF-8. Never throws.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> utf8, out ProtocolId protocol)
    {
        protocol = default;
        if (utf8.IsEmpty || utf8.Length > MaxLength || utf8.ContainsAny((byte)'\n', (byte)'\r') || !System.Text.Unicode.Utf8.IsValid(utf8))
            return false;
        protocol = new(Encoding.UTF8.GetString(utf8), utf8.ToArray());
        return true;
    }

    /// <summary>Reads a name from text.</summary>
    /// <exception cref="FormatException">The text is not a protocol name.</exception>
    public static ProtocolId Parse(string s) => new(s);

    /// <inheritdoc cref="Parse(string)"/>
    public static ProtocolId Parse(string s, IFormatProvider? provider) => new(s);

    /// <inheritdoc cref="Parse(string)"/>
    public static ProtocolId Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => new(s.ToString());

    /// <summary>Reads a name from text.</summary>
    /// <returns>False where the text is not a protocol name. Never throws.</returns>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out ProtocolId result) =>
        TryParse(s.AsSpan(), provider, out result);

    /// <inheritdoc cref="TryParse(string?, IFormatProvider?, out ProtocolId)"/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out ProtocolId result)
    {
        result = default;
        if (Check(s, out _) is not { } utf8)
            return false;
        result = new(s.ToString(), utf8);
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(ProtocolId other) => string.Equals(_text, other._text, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ProtocolId other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _text is null ? 0 : string.GetHashCode(_text, StringComparison.Ordinal);

    /// <summary>The name, or nothing for the default value.</summary>
    public override string ToString() => _text ?? "";

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
    {
        var fits = ToString().TryCopyTo(destination);
        charsWritten = fits ? ToString().Length : 0;
        return fits;
    }

    /// <summary>Whether two names are the same.</summary>
    public static bool operator ==(ProtocolId left, ProtocolId right) => left.Equals(right);

    /// <summary>Whether two names differ.</summary>
    public static bool operator !=(ProtocolId left, ProtocolId right) => !left.Equals(right);

    static byte[]? Check(ReadOnlySpan<char> text, out string? error)
    {
        error = text switch
        {
            [] => "A protocol name is not empty; write it like /chat/1.0.0.",
            { Length: > MaxLength } => $"The protocol name has {text.Length} characters; at most {MaxLength} bytes fit a negotiation message.",
            _ when text.ContainsAny('\n', '\r') => "A protocol name has no line break.",
            _ => null,
        };
        if (error is not null)
            return null;
        byte[] utf8;
        try
        {
            utf8 = new byte[Utf8Strict.GetByteCount(text)];
            Utf8Strict.GetBytes(text, utf8);
        }
        catch (EncoderFallbackException)
        {
            error = "The protocol name holds half of a surrogate pair, which UTF-8 cannot carry.";
            return null;
        }

        if (utf8.Length <= MaxLength)
            return utf8;
        error = $"The protocol name has {utf8.Length} bytes; at most {MaxLength} fit a negotiation message.";
        return null;
    }
}
