using System.Diagnostics.CodeAnalysis;

namespace Libp2p;

/// <summary>
/// A network address that says how to be read (multiaddr and addressing specifications): a sequence of protocols, each with
/// its value, from the outermost inwards, such as <c>/ip4/198.51.100.7/tcp/4001/p2p/12D3Koo…</c>. Holds its binary form.
/// Immutable; two are equal when their bytes are. Never empty.
/// </summary>
public sealed partial class Multiaddress : IEquatable<Multiaddress>, ISpanParsable<Multiaddress>, ISpanFormattable
{
    /// <summary>The most bytes of the binary form: room for an I2P destination, or for a relayed address with several certificates.</summary>
    public const int MaxBytes = 1024;

    /// <summary>The most characters of the text form, which no address of <see cref="MaxBytes"/> exceeds.</summary>
    public const int MaxText = 4096;

    /// <summary>The most parts.</summary>
    public const int MaxParts = 32;

    readonly byte[] _bytes;
    MultiaddressPart[]? _parts;
    string? _text;

    // Only for bytes that were checked.
    Multiaddress(byte[] bytes) => _bytes = bytes;

    /// <summary>The binary form.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>The parts, the outermost first; at least one.</summary>
    public IReadOnlyList<MultiaddressPart> Parts => PartsArray;

    // Two threads may both take the address apart: either array serves.
    MultiaddressPart[] PartsArray => _parts ??= MultiaddressCodec.Parts(_bytes);

    /// <summary>Reads the text form.</summary>
    /// <exception cref="FormatException">The text is no address; the message names the bad part.</exception>
    public static Multiaddress Parse(ReadOnlySpan<char> s) => TryParse(s, out var address, out var error) ? address : throw new FormatException(error);

    /// <inheritdoc cref="Parse(ReadOnlySpan{char})"/>
    public static Multiaddress Parse(ReadOnlySpan<char> s, IFormatProvider? provider) => Parse(s);

    /// <inheritdoc cref="Parse(ReadOnlySpan{char})"/>
    public static Multiaddress Parse(string s, IFormatProvider? provider = null)
    {
        ArgumentNullException.ThrowIfNull(s);
        return Parse(s.AsSpan());
    }

    /// <summary>Reads the text form. Slashes at the end are let pass, and "ipfs" as the old name of "p2p".</summary>
    /// <param name="text">The text, at most <see cref="MaxText"/> characters.</param>
    /// <param name="address">The address.</param>
    /// <param name="error">What is wrong, on one line, with the bad part named.</param>
    /// <returns>False where the text is no address. Never throws.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out Multiaddress? address, [NotNullWhen(false)] out string? error)
    {
        address = MultiaddressCodec.Parse(text, out error) is { } bytes ? new(bytes) : null;
        return address is not null;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out Multiaddress?, out string?)"/>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out Multiaddress? address) => TryParse(text, out address, out _);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out Multiaddress?, out string?)"/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, [MaybeNullWhen(false)] out Multiaddress result) =>
        TryParse(s, out result, out _);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out Multiaddress?, out string?)"/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out Multiaddress result) =>
        TryParse(s.AsSpan(), out result, out _);

    /// <summary>Reads the binary form, as it comes from a peer.</summary>
    /// <param name="bytes">The bytes, at most <see cref="MaxBytes"/>, all of them the address.</param>
    /// <param name="address">The address.</param>
    /// <param name="error">What is wrong, on one line, with the byte named.</param>
    /// <returns>False where the bytes are no address, or one with a protocol that is not known here. Never throws.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Multiaddress? address, [NotNullWhen(false)] out string? error)
    {
        error = MultiaddressCodec.Check(bytes);
        address = error is null ? new(bytes.ToArray()) : null;
        return address is not null;
    }

    /// <inheritdoc cref="TryDecode(ReadOnlySpan{byte}, out Multiaddress?, out string?)"/>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Multiaddress? address) => TryDecode(bytes, out address, out _);

    /// <summary>Joins parts to an address.</summary>
    /// <exception cref="ArgumentException">There is no part, or together they break a rule or a bound.</exception>
    public static Multiaddress FromParts(params ReadOnlySpan<MultiaddressPart> parts)
    {
        using var joined = new MemoryStream();
        foreach (var part in parts)
            joined.Write(part.Encoded);
        return TryDecode(joined.ToArray(), out var address, out var error) ? address : throw new ArgumentException(error, nameof(parts));
    }

    /// <summary>Puts <paramref name="inner"/> behind this address: "/ip4/127.0.0.1" and "/tcp/80" give "/ip4/127.0.0.1/tcp/80".</summary>
    /// <exception cref="ArgumentException">This address ends with a path, which nothing may follow, or both together are beyond a bound.</exception>
    public Multiaddress Encapsulate(Multiaddress inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        byte[] joined = [.. _bytes, .. inner._bytes];
        return MultiaddressCodec.Check(joined) is { } error ? throw new ArgumentException(error, nameof(inner)) : new(joined);
    }

    /// <summary>Cuts this address before the last place where <paramref name="inner"/> stands in it.</summary>
    /// <returns>What is left: the address itself where <paramref name="inner"/> is not in it, null where nothing is left.</returns>
    public Multiaddress? Decapsulate(Multiaddress inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        var (parts, sought) = (PartsArray, inner.PartsArray);
        for (var at = parts.Length - sought.Length; at >= 0; at--)
        {
            if (parts.AsSpan(at, sought.Length).SequenceEqual(sought))
                return CutBefore(at);
        }

        return this;
    }

    /// <summary>Cuts this address before the last part of <paramref name="protocol"/>.</summary>
    /// <returns>What is left: the address itself where the protocol is not in it, null where nothing is left.</returns>
    public Multiaddress? Decapsulate(MultiaddressProtocol protocol)
    {
        ArgumentNullException.ThrowIfNull(protocol);
        var last = Array.FindLastIndex(PartsArray, part => part.Protocol == protocol);
        return last < 0 ? this : CutBefore(last);
    }

    /// <summary>Whether a part of <paramref name="protocol"/> is in the address.</summary>
    public bool Contains(MultiaddressProtocol protocol) => Array.Exists(PartsArray, part => part.Protocol == protocol);

    /// <inheritdoc/>
    public bool Equals(Multiaddress? other) => other is not null && _bytes.AsSpan().SequenceEqual(other._bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Multiaddress);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(_bytes);
        return hash.ToHashCode();
    }

    /// <summary>The text form.</summary>
    public override string ToString() => _text ??= string.Concat(PartsArray.Select(part => part.ToString()));

    /// <inheritdoc/>
    public string ToString(string? format, IFormatProvider? formatProvider) => ToString();

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
    {
        var text = ToString();
        charsWritten = text.TryCopyTo(destination) ? text.Length : 0;
        return charsWritten > 0;
    }

    /// <summary>Whether two addresses have the same bytes.</summary>
    public static bool operator ==(Multiaddress? left, Multiaddress? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Whether two addresses differ.</summary>
    public static bool operator !=(Multiaddress? left, Multiaddress? right) => !(left == right);

    Multiaddress? CutBefore(int index)
    {
        // A zone belongs to the IPv6 address behind it and goes with it.
        if (index > 0 && PartsArray[index - 1].Protocol == MultiaddressProtocols.Ip6Zone)
            index--;
        return index == 0 ? null : new(_bytes[..PartsArray[index].Start]);
    }
}
