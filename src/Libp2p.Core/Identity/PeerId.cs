using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Libp2p;

/// <summary>
/// The name of a peer: a multihash of its public key (peer-id specification, "Peer Ids"). Keys whose protobuf has at most 42 bytes
/// are contained whole (Ed25519, secp256k1), others by their SHA-256. Immutable and equal by value.
/// </summary>
public sealed partial class PeerId : IEquatable<PeerId>, IComparable<PeerId>, ISpanParsable<PeerId>, ISpanFormattable
{
    /// <summary>The longest key, as protobuf, that a peer id contains whole; longer ones are hashed.</summary>
    public const int MaxInlineKeyLength = 42;

    /// <summary>The most bytes of a peer id.</summary>
    public const int MaxLength = HeaderLength + MaxInlineKeyLength;

    const int HeaderLength = 2;
    const byte Identity = 0x00;
    const byte Sha256 = 0x12;

    readonly byte[] _bytes;
    readonly int _hashCode;
    string? _text;
    PublicKey? _publicKey;

    PeerId(byte[] bytes)
    {
        _bytes = bytes;
        // Strangers choose peer ids, so the hash is the process's own and not a part of the bytes.
        var hash = new HashCode();
        hash.AddBytes(bytes);
        _hashCode = hash.ToHashCode();
    }

    /// <summary>The multihash: a code byte, a length byte, and the key or its hash.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>The multihash, as <see cref="Bytes"/>.</summary>
    public ReadOnlySpan<byte> Span => _bytes;

    /// <summary>Whether the peer id contains its public key, so that <see cref="TryGetPublicKey"/> may succeed.</summary>
    public bool ContainsPublicKey => _bytes[0] == Identity;

    /// <summary>The peer id of a public key.</summary>
    public static PeerId FromPublicKey(PublicKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return FromEncodedKey(key.Encoded.Span);
    }

    /// <summary>Reads a peer id from its multihash: the identity of 1 to 42 bytes or a SHA-256; all else is refused.</summary>
    /// <param name="bytes">What a peer sent; any content and length are safe.</param>
    /// <param name="peerId">The peer id, where the answer is true.</param>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out PeerId? peerId)
    {
        peerId = Check(bytes) is null ? new PeerId(bytes.ToArray()) : null;
        return peerId is not null;
    }

    /// <summary>
    /// Takes the public key out of a peer id that contains it. False for the hash of a key, and where what is contained is no key.
    /// </summary>
    public bool TryGetPublicKey([NotNullWhen(true)] out PublicKey? key)
    {
        // Taking a key apart costs more than keeping it. Two threads may both do it: either key serves.
        key = _publicKey;
        if (key is null && ContainsPublicKey && PublicKey.TryDecode(_bytes.AsSpan(HeaderLength), out key, out _))
            _publicKey = key;
        return key is not null;
    }

    /// <summary>Whether this is the peer id of the key.</summary>
    public bool Matches(PublicKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Equals(FromPublicKey(key));
    }

    /// <inheritdoc/>
    public bool Equals([NotNullWhen(true)] PeerId? other) =>
        other is not null && (ReferenceEquals(this, other) || (_hashCode == other._hashCode && _bytes.AsSpan().SequenceEqual(other._bytes)));

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => Equals(obj as PeerId);

    /// <inheritdoc/>
    public override int GetHashCode() => _hashCode;

    /// <summary>Orders by the bytes of the multihash, so that both ends of a connection order two peers alike.</summary>
    public int CompareTo(PeerId? other) => other is null ? 1 : _bytes.AsSpan().SequenceCompareTo(other._bytes);

    /// <summary>Whether both are the same peer.</summary>
    public static bool operator ==(PeerId? left, PeerId? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Whether both are different peers.</summary>
    public static bool operator !=(PeerId? left, PeerId? right) => !(left == right);

    /// <summary>Whether the left one orders first.</summary>
    public static bool operator <(PeerId? left, PeerId? right) => left is null ? right is not null : left.CompareTo(right) < 0;

    /// <summary>Whether the left one orders last.</summary>
    public static bool operator >(PeerId? left, PeerId? right) => right < left;

    /// <summary>Whether the left one does not order last.</summary>
    public static bool operator <=(PeerId? left, PeerId? right) => !(right < left);

    /// <summary>Whether the left one does not order first.</summary>
    public static bool operator >=(PeerId? left, PeerId? right) => !(left < right);

    /// <summary>Judges bytes: null, or the end of a sentence about them.</summary>
    internal static string? Check(ReadOnlySpan<byte> bytes) => bytes switch
    {
        [not (Identity or Sha256), ..] => "is not a peer id: its hash is neither SHA-256 nor identity",
        [] or [_] => "is not a peer id: it is too short",
        [Identity, 0] => "is not a peer id: it is empty",
        _ when bytes[1] != bytes.Length - HeaderLength => "is not a peer id: its length is not the one that it names",
        [Sha256, not SHA256.HashSizeInBytes, ..] => "is not a peer id: its SHA-256 is cut short",
        [Identity, > MaxInlineKeyLength, ..] => "is not a peer id: a key of that length must be hashed",
        _ => null,
    };

    static PeerId FromEncodedKey(ReadOnlySpan<byte> encoded)
    {
        var inline = encoded.Length <= MaxInlineKeyLength;
        var length = inline ? encoded.Length : SHA256.HashSizeInBytes;
        var bytes = new byte[HeaderLength + length];
        bytes[0] = inline ? Identity : Sha256;
        bytes[1] = (byte)length;
        if (inline)
            encoded.CopyTo(bytes.AsSpan(HeaderLength));
        else
            SHA256.HashData(encoded, bytes.AsSpan(HeaderLength));
        return new PeerId(bytes);
    }
}
