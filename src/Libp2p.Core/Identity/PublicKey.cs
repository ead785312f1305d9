using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Libp2p;

/// <summary>
/// The public key of a peer (peer-id specification, "Keys"). Immutable, equal by value, safe for any number of threads.
/// </summary>
public sealed class PublicKey : IEquatable<PublicKey>
{
    /// <summary>The most bytes that <see cref="TryDecode"/> looks at; an RSA key of 8192 bits, the largest allowed, has about 1,070.</summary>
    public const int MaxEncodedLength = 1100;

    readonly byte[] _encoded;
    readonly SignatureVerifier _verifier;

    PublicKey(KeyType type, byte[] encoded, int dataLength, SignatureVerifier verifier)
    {
        Type = type;
        _encoded = encoded;
        _verifier = verifier;
        Data = encoded.AsMemory(encoded.Length - dataLength);
    }

    /// <summary>The algorithm.</summary>
    public KeyType Type { get; }

    /// <summary>
    /// The key as it stands inside the protobuf: 32 bytes (Ed25519), 33 bytes (secp256k1, compressed), or DER
    /// SubjectPublicKeyInfo (RSA, ECDSA).
    /// </summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>The deterministic protobuf encoding without a copy: what travels in handshakes, and what a peer id is made from.</summary>
    public ReadOnlyMemory<byte> Encoded => _encoded;

    /// <summary>A copy of the deterministic protobuf encoding.</summary>
    public byte[] ToProtobuf() => _encoded.AsSpan().ToArray();

    /// <summary>Reads a key from its deterministic protobuf encoding. Bytes of any content and length are safe.</summary>
    /// <param name="protobuf">What a peer sent.</param>
    /// <param name="key">The key, where the answer is true.</param>
    /// <param name="error">The reason in one line, where the answer is false.</param>
    public static bool TryDecode(ReadOnlySpan<byte> protobuf, [NotNullWhen(true)] out PublicKey? key, [NotNullWhen(false)] out string? error)
    {
        key = null;
        if (protobuf.Length > MaxEncodedLength)
        {
            error = $"A public key has at most {MaxEncodedLength} bytes, not {protobuf.Length}.";
            return false;
        }
        if (!KeyCodec.TryDecode(protobuf, out var type, out var data, out var reason))
        {
            error = reason!;
            return false;
        }
        return TryCreate(type, data, out key, out error);
    }

    /// <summary>Makes a key from its type and the bytes inside the protobuf (see <see cref="Data"/>).</summary>
    /// <param name="type">The algorithm.</param>
    /// <param name="data">The key in the form of its type.</param>
    /// <param name="key">The key, where the answer is true.</param>
    /// <param name="error">The reason in one line, where the answer is false.</param>
    public static bool TryCreate(
        KeyType type, ReadOnlySpan<byte> data, [NotNullWhen(true)] out PublicKey? key, [NotNullWhen(false)] out string? error)
    {
        SignatureVerifier? verifier = null;
        string? reason = null;
        var valid = type switch
        {
            KeyType.Rsa => RsaKeys.TryReadPublic(data, out verifier, out reason),
            KeyType.Ed25519 => Ed25519Keys.TryReadPublic(data, out verifier, out reason),
            KeyType.Secp256k1 => Secp256k1Keys.TryReadPublic(data, out verifier, out reason),
            KeyType.Ecdsa => P256Keys.TryReadPublic(data, out verifier, out reason),
            _ => false,
        };
        key = valid ? FromValid(type, data, verifier!) : null;
        error = valid ? null : reason ?? $"Key type {(int)type} is not known.";
        return valid;
    }

    internal static PublicKey FromValid(KeyType type, ReadOnlySpan<byte> data, SignatureVerifier verifier) =>
        new(type, KeyCodec.Encode(type, data), data.Length, verifier);

    /// <summary>
    /// Checks a signature by this key as its type prescribes (peer-id specification, "Key Types"). ECDSA signatures must be DER,
    /// not merely BER; secp256k1 ones may have either S. A missing, malformed or wrong signature is false; nothing is thrown.
    /// </summary>
    /// <param name="message">What was signed.</param>
    /// <param name="signature">The signature in the form of the key's type.</param>
    public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        try
        {
            return _verifier.Verify(message, signature);
        }
        catch (CryptographicException)
        {
            // Some platforms report a signature they cannot make sense of this way.
            return false;
        }
    }

    /// <inheritdoc/>
    public bool Equals([NotNullWhen(true)] PublicKey? other) => other is not null && _encoded.AsSpan().SequenceEqual(other._encoded);

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => Equals(obj as PublicKey);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(_encoded);
        return hash.ToHashCode();
    }

    /// <summary>Whether both are the same key.</summary>
    public static bool operator ==(PublicKey? left, PublicKey? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Whether both are different keys.</summary>
    public static bool operator !=(PublicKey? left, PublicKey? right) => !(left == right);

    /// <summary>The type and the peer id, for people.</summary>
    public override string ToString() => $"{Type} {PeerId.FromPublicKey(this)}";
}
