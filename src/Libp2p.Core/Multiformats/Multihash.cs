using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Libp2p;

/// <summary>
/// A digest that names its hash function and its own length (multiformats/multihash): varint code, varint length, digest.
/// Immutable; two are equal when their bytes are.
/// A digest may be cut shorter than its function makes it, as the specification allows, and is never longer.
/// </summary>
public sealed class Multihash : IEquatable<Multihash>
{
    /// <summary>The most bytes that a digest may have, of whatever function.</summary>
    public const int MaxDigestLength = 128;

    readonly byte[] _bytes;
    readonly int _header;

    Multihash(MultihashCode code, int header, byte[] bytes)
    {
        Code = code;
        _header = header;
        _bytes = bytes;
    }

    /// <summary>The hash function.</summary>
    public MultihashCode Code { get; }

    /// <summary>The digest alone.</summary>
    public ReadOnlyMemory<byte> Digest => _bytes.AsMemory(_header);

    /// <summary>The whole multihash in its binary form.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>Takes a digest that was computed elsewhere.</summary>
    /// <exception cref="ArgumentException">The digest is longer than <see cref="MaxDigestLength"/> or than the function makes one.</exception>
    public static Multihash FromDigest(MultihashCode code, ReadOnlySpan<byte> digest)
    {
        if (digest.Length > MaxLength(code))
            throw new ArgumentException($"A digest of {code} has at most {MaxLength(code)} bytes; these are {digest.Length}.", nameof(digest));
        var header = Varint.Length((ulong)code) + Varint.Length((ulong)digest.Length);
        var bytes = new byte[header + digest.Length];
        var at = Varint.Write(bytes, (ulong)code);
        Varint.Write(bytes.AsSpan(at), (ulong)digest.Length);
        digest.CopyTo(bytes.AsSpan(header));
        return new(code, header, bytes);
    }

    /// <summary>Hashes data.</summary>
    /// <param name="code">Identity, SHA-1, or one of the SHA-2 family.</param>
    /// <param name="data">What is hashed; at most <see cref="MaxDigestLength"/> bytes for identity.</param>
    /// <exception cref="ArgumentException">The data is too long for the identity function.</exception>
    /// <exception cref="NotSupportedException">The function is not computed here; use <see cref="FromDigest"/>.</exception>
    [SuppressMessage("Security", "CA5350", Justification = "The caller names the function; SHA-1 multihashes exist (git objects) and are only compared.")]
    public static Multihash Create(MultihashCode code, ReadOnlySpan<byte> data)
    {
        Span<byte> digest = stackalloc byte[64];
        return code switch
        {
            MultihashCode.Identity => FromDigest(code, data),
            MultihashCode.Sha1 => FromDigest(code, digest[..SHA1.HashData(data, digest)]),
            MultihashCode.Sha2_256 => FromDigest(code, digest[..SHA256.HashData(data, digest)]),
            MultihashCode.Sha2_384 => FromDigest(code, digest[..SHA384.HashData(data, digest)]),
            MultihashCode.Sha2_512 => FromDigest(code, digest[..SHA512.HashData(data, digest)]),
            _ => throw new NotSupportedException($"The hash function {code} is not computed here; hash the data elsewhere and use FromDigest."),
        };
    }

    /// <summary>Hashes data with SHA-256.</summary>
    public static Multihash Sha256(ReadOnlySpan<byte> data) => Create(MultihashCode.Sha2_256, data);

    /// <summary>Reads a multihash that fills <paramref name="bytes"/> to the end.</summary>
    /// <returns>False where the bytes are not exactly one multihash within the bounds. Never throws.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Multihash? multihash)
    {
        if (TryRead(bytes, out multihash, out var length) && length == bytes.Length)
            return true;
        multihash = null;
        return false;
    }

    /// <summary>Reads the multihash that <paramref name="bytes"/> begin with.</summary>
    /// <param name="bytes">Bytes that may go on behind the multihash.</param>
    /// <param name="multihash">The multihash.</param>
    /// <param name="length">The bytes it took.</param>
    /// <returns>False where no whole multihash within the bounds is there. Never throws.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out Multihash? multihash, out int length)
    {
        multihash = null;
        length = 0;
        if (Varint.TryRead(bytes, out var code, out var codeLength) != VarintResult.Ok
            || Varint.TryRead(bytes[codeLength..], out var digestLength, out var lengthLength) != VarintResult.Ok)
        {
            return false;
        }

        var header = codeLength + lengthLength;
        if (digestLength > (ulong)MaxLength((MultihashCode)code) || digestLength > (ulong)(bytes.Length - header))
            return false;
        length = header + (int)digestLength;
        multihash = new((MultihashCode)code, header, bytes[..length].ToArray());
        return true;
    }

    /// <inheritdoc/>
    public bool Equals(Multihash? other) => other is not null && _bytes.AsSpan().SequenceEqual(other._bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Multihash);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(_bytes);
        return hash.ToHashCode();
    }

    /// <summary>The multihash in base58 without a prefix, as peer ids are written.</summary>
    public override string ToString() => Base58.Encode(_bytes);

    /// <summary>Whether two multihashes have the same bytes.</summary>
    public static bool operator ==(Multihash? left, Multihash? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Whether two multihashes differ.</summary>
    public static bool operator !=(Multihash? left, Multihash? right) => !(left == right);

    static int MaxLength(MultihashCode code) => code switch
    {
        MultihashCode.Sha1 => 20,
        MultihashCode.Sha3_224 => 28,
        MultihashCode.Sha2_256 or MultihashCode.Sha3_256 or MultihashCode.Blake2b_256 => 32,
        MultihashCode.Sha2_384 or MultihashCode.Sha3_384 => 48,
        MultihashCode.Sha2_512 or MultihashCode.Sha3_512 => 64,
        _ => MaxDigestLength,
    };
}
