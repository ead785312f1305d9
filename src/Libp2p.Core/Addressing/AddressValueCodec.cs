namespace Libp2p;

/// <summary>
/// How the value of one multiaddress protocol is written as text and as bytes. A problem is the end of a sentence
/// that begins with the value, such as "is not an IPv4 address".
/// </summary>
internal abstract class AddressValueCodec
{
    /// <summary>Reads a value that came as text.</summary>
    /// <returns>The bytes, which <see cref="Check"/> accepts, or null and a problem.</returns>
    public abstract byte[]? Parse(ReadOnlySpan<char> text, out string? problem);

    /// <summary>Judges a value that came as bytes, of the right size where the protocol fixes it and else of one byte at least.</summary>
    /// <returns>A problem, or null where the bytes are a value: then <see cref="Format"/> gives text that <see cref="Parse"/> turns into the same bytes.</returns>
    public abstract string? Check(ReadOnlySpan<byte> bytes);

    /// <summary>Writes bytes that <see cref="Check"/> accepted.</summary>
    public abstract string Format(ReadOnlySpan<byte> bytes);
}
