using System.Diagnostics.CodeAnalysis;

namespace Libp2p;

// The forms of a peer id in text: base58 of the multihash (Qm…, 12D3…, 16Uiu2…), and a CIDv1 of codec libp2p-key in any multibase.
public sealed partial class PeerId
{
    /// <summary>The longest text that is looked at; a CID in binary digits, the longest of all forms, is shorter.</summary>
    public const int MaxTextLength = 512;

    const int ShortLength = 8;

    /// <summary>Reads a peer id in any of its forms in text.</summary>
    /// <param name="s">The text.</param>
    /// <exception cref="FormatException">The text is no peer id; the message says why.</exception>
    public static PeerId Parse(ReadOnlySpan<char> s) =>
        TryParse(s, out var result, out var error) ? result : throw new FormatException(error);

    /// <inheritdoc cref="Parse(ReadOnlySpan{char})"/>
    public static PeerId Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s);

    /// <inheritdoc cref="Parse(ReadOnlySpan{char})"/>
    /// <exception cref="ArgumentNullException"><paramref name="s"/> is null.</exception>
    public static PeerId Parse(string s, IFormatProvider? provider = null)
    {
        ArgumentNullException.ThrowIfNull(s);
        return Parse(s.AsSpan(), provider);
    }

    /// <summary>Reads a peer id in any of its forms in text.</summary>
    /// <param name="s">The text.</param>
    /// <param name="result">The peer id, where the answer is true.</param>
    public static bool TryParse(ReadOnlySpan<char> s, [NotNullWhen(true)] out PeerId? result) => TryParse(s, out result, out _);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out PeerId?)"/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, [MaybeNullWhen(false)] out PeerId result) =>
        TryParse(s, out result, out _);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out PeerId?)"/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out PeerId result) =>
        TryParse(s.AsSpan(), out result, out _);

    /// <summary>Reads a peer id in any of its forms in text, and says what is wrong where it is none.</summary>
    /// <param name="s">The text.</param>
    /// <param name="result">The peer id, where the answer is true.</param>
    /// <param name="error">The reason in one line, where the answer is false.</param>
    public static bool TryParse(ReadOnlySpan<char> s, [NotNullWhen(true)] out PeerId? result, [NotNullWhen(false)] out string? error)
    {
        var problem = Read(s, out result);
        error = problem is null ? null : $"The text {problem}.";
        return result is not null;
    }

    /// <summary>The peer id as a CIDv1 with the codec libp2p-key; its text (bafz…) is the newer form.</summary>
    public Cid ToCid()
    {
        // What the constructor let in is a multihash.
        _ = Multihash.TryDecode(_bytes, out var hash);
        return Cid.CreateV1(CidCodec.Libp2pKey, hash!);
    }

    /// <summary>The base58 form, which every implementation reads.</summary>
    public override string ToString() => _text ??= Base58.Encode(_bytes);

    /// <summary>The last eight characters of the base58 form: for people, who tell peers apart by them; never to be compared.</summary>
    public string ToShortString() => ToString()[^Math.Min(ShortLength, ToString().Length)..];

    /// <summary>The peer id in text.</summary>
    /// <param name="format">Null, empty or <c>G</c> for base58, <c>C</c> for a CID in base32, <c>S</c> for <see cref="ToShortString"/>.</param>
    /// <param name="formatProvider">Without meaning here.</param>
    /// <exception cref="FormatException">The format is none of these.</exception>
    public string ToString(string? format, IFormatProvider? formatProvider) => Format(format);

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
    {
        var text = Format(format);
        var fits = text.TryCopyTo(destination);
        charsWritten = fits ? text.Length : 0;
        return fits;
    }

    string Format(ReadOnlySpan<char> format) => format switch
    {
        "" or "G" or "g" => ToString(),
        "C" or "c" => ToCid().ToString(),
        "S" or "s" => ToShortString(),
        _ => throw new FormatException($"The format '{format}' of a peer id is not known; G, C and S are."),
    };

    /// <summary>Reads text; where it is no peer id, the answer is the end of a sentence about it.</summary>
    internal static string? Read(ReadOnlySpan<char> text, out PeerId? result)
    {
        result = null;
        return text.IsEmpty ? "is not a peer id: it is empty"
            : text.Length > MaxTextLength ? "is not a peer id: it is too long"
            : text[0] == '1' || text.StartsWith("Qm") ? ReadBase58(text, out result)
            : ReadCid(text, out result);
    }

    static string? ReadBase58(ReadOnlySpan<char> text, out PeerId? result)
    {
        result = null;
        return Base58.TryDecode(text, out var bytes)
            ? TryDecode(bytes, out result) ? null : Check(bytes)
            : "is not a peer id: it has characters that are not of base58";
    }

    static string? ReadCid(ReadOnlySpan<char> text, out PeerId? result)
    {
        result = null;
        if (!Cid.TryParse(text, out var cid))
            return "is not a peer id: it begins neither with 1 or Qm (base58) nor is it a CID (bafz…, k51…)";
        if (cid.Version != 1 || cid.Codec != CidCodec.Libp2pKey)
            return "is not a peer id: it is a CID of something else than a libp2p key";
        return TryDecode(cid.Hash.Bytes.Span, out result) ? null : Check(cid.Hash.Bytes.Span);
    }
}
