using System.Diagnostics.CodeAnalysis;

namespace Libp2p;

/// <summary>
/// A content identifier (multiformats/cid): version, codec and multihash. Version 0 is a bare SHA-256 multihash written in
/// base58; version 1 is written in any multibase, base32 unless asked otherwise. Immutable; two are equal when their bytes are,
/// so the version 0 and the version 1 of one content differ, as they do on the wire.
/// </summary>
public sealed class Cid : IEquatable<Cid>, ISpanParsable<Cid>, ISpanFormattable
{
    /// <summary>The most characters of text that are looked at: enough for the longest CID in base2.</summary>
    public const int MaxText = 1536;

    const int Version0Length = 34;
    const int Version0TextLength = 46;
    readonly byte[] _bytes;

    Cid(int version, CidCodec codec, Multihash hash, byte[] bytes)
    {
        Version = version;
        Codec = codec;
        Hash = hash;
        _bytes = bytes;
    }

    /// <summary>0 or 1.</summary>
    public int Version { get; }

    /// <summary>What the content is: always <see cref="CidCodec.DagPb"/> in version 0.</summary>
    public CidCodec Codec { get; }

    /// <summary>The hash of the content.</summary>
    public Multihash Hash { get; }

    /// <summary>The binary form.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>Makes a CID of version 0.</summary>
    /// <exception cref="ArgumentException">The hash is not a whole SHA-256.</exception>
    public static Cid CreateV0(Multihash hash)
    {
        ArgumentNullException.ThrowIfNull(hash);
        if (hash.Code != MultihashCode.Sha2_256 || hash.Bytes.Length != Version0Length)
            throw new ArgumentException("A CID of version 0 takes a whole SHA-256 hash; use version 1 for others.", nameof(hash));
        return new(0, CidCodec.DagPb, hash, hash.Bytes.ToArray());
    }

    /// <summary>Makes a CID of version 1.</summary>
    public static Cid CreateV1(CidCodec codec, Multihash hash)
    {
        ArgumentNullException.ThrowIfNull(hash);
        var codecLength = Varint.Length((ulong)codec);
        var bytes = new byte[1 + codecLength + hash.Bytes.Length];
        bytes[0] = 1;
        Varint.Write(bytes.AsSpan(1), (ulong)codec);
        hash.Bytes.Span.CopyTo(bytes.AsSpan(1 + codecLength));
        return new(1, codec, hash, bytes);
    }

    /// <summary>Reads a CID that fills <paramref name="bytes"/> to the end.</summary>
    /// <returns>False where the bytes are not exactly one CID of version 0 or 1 within the bounds of <see cref="Multihash"/>. Never throws.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Cid? cid)
    {
        cid = null;
        if (bytes.Length == Version0Length && bytes[0] == (byte)MultihashCode.Sha2_256 && bytes[1] == Version0Length - 2)
        {
            if (!Multihash.TryDecode(bytes, out var version0))
                return false;
            cid = CreateV0(version0);
            return true;
        }

        if (bytes.IsEmpty || bytes[0] != 1
            || Varint.TryRead(bytes[1..], out var codec, out var codecLength) != VarintResult.Ok
            || !Multihash.TryDecode(bytes[(1 + codecLength)..], out var hash))
        {
            return false;
        }

        cid = CreateV1((CidCodec)codec, hash);
        return true;
    }

    /// <summary>Reads a CID from text.</summary>
    /// <exception cref="FormatException">The text is no CID.</exception>
    public static Cid Parse(ReadOnlySpan<char> s, IFormatProvider? provider) =>
        TryParse(s, provider, out var cid) ? cid : throw new FormatException(
            $"'{(s.Length > 128 ? s[..128] : s)}' is not a CID: it is neither 46 characters of base58 that begin with Qm nor a known multibase of a version 1 CID.");

    /// <inheritdoc cref="Parse(ReadOnlySpan{char}, IFormatProvider?)"/>
    public static Cid Parse(ReadOnlySpan<char> s) => Parse(s, null);

    /// <inheritdoc cref="Parse(ReadOnlySpan{char}, IFormatProvider?)"/>
    public static Cid Parse(string s, IFormatProvider? provider = null)
    {
        ArgumentNullException.ThrowIfNull(s);
        return Parse(s.AsSpan(), provider);
    }

    /// <summary>Reads a CID from text: base58 of version 0, or a multibase of version 1.</summary>
    /// <returns>False where the text is no CID. Never throws.</returns>
    public static bool TryParse(ReadOnlySpan<char> s, [NotNullWhen(true)] out Cid? result) => TryParse(s, null, out result);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out Cid?)"/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, [MaybeNullWhen(false)] out Cid result)
    {
        result = null;
        if (s.Length > MaxText)
            return false;
        if (s.Length == Version0TextLength && s.StartsWith("Qm"))
            return Base58.TryDecode(s, out var version0) && TryDecode(version0, out result);

        // A version 0 CID has no multibase form, so only version 1 may come out.
        return Multibase.TryDecode(s, out var bytes, out _) && bytes is [1, ..] && TryDecode(bytes, out result);
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, out Cid?)"/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out Cid result) =>
        TryParse(s.AsSpan(), provider, out result);

    /// <summary>The CID as text in <paramref name="encoding"/>.</summary>
    /// <exception cref="FormatException">The CID is of version 0, which is written in base58 without a prefix only, or the encoding is not known.</exception>
    public string ToString(Multibase.Encoding encoding)
    {
        if (Version == 0)
            throw new FormatException("A CID of version 0 has no multibase form; make a version 1 of its hash first.");
        if (!Enum.IsDefined(encoding) || encoding == Multibase.Encoding.None)
            throw new FormatException($"The multibase encoding '{(char)encoding}' is not known.");
        return Multibase.Encode(encoding, _bytes);
    }

    /// <summary>The CID as text: version 0 in base58, version 1 in base32.</summary>
    public override string ToString() => Version == 0 ? Base58.Encode(_bytes) : Multibase.Encode(Multibase.Encoding.Base32, _bytes);

    /// <summary>The CID as text.</summary>
    /// <param name="format">Nothing or "G" for the usual text, or the prefix character of a <see cref="Multibase.Encoding"/>.</param>
    /// <param name="formatProvider">Not used.</param>
    /// <exception cref="FormatException">The format is not known, or not one for this version.</exception>
    public string ToString(string? format, IFormatProvider? formatProvider) => Format(format);

    /// <inheritdoc/>
    public bool TryFormat(Span<char> destination, out int charsWritten, ReadOnlySpan<char> format, IFormatProvider? provider)
    {
        var text = Format(format);
        charsWritten = text.TryCopyTo(destination) ? text.Length : 0;
        return charsWritten > 0;
    }

    /// <inheritdoc/>
    public bool Equals(Cid? other) => other is not null && _bytes.AsSpan().SequenceEqual(other._bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Cid);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(_bytes);
        return hash.ToHashCode();
    }

    /// <summary>Whether two CIDs have the same bytes.</summary>
    public static bool operator ==(Cid? left, Cid? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Whether two CIDs differ.</summary>
    public static bool operator !=(Cid? left, Cid? right) => !(left == right);

    string Format(ReadOnlySpan<char> format) => format switch
    {
        "" or "G" => ToString(),
        [var prefix] => ToString((Multibase.Encoding)prefix),
        _ => throw new FormatException($"'{format}' is not a format of a CID; use the prefix character of a multibase."),
    };
}
