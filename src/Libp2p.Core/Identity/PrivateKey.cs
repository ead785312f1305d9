using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Libp2p;

/// <summary>
/// A private key (peer-id specification, "Keys"). It signs from any number of threads until it is disposed, which wipes what
/// this object holds of the secret; do not dispose it while a signature is being made.
/// </summary>
public sealed class PrivateKey : IDisposable
{
    /// <summary>The most bytes that <see cref="TryDecode"/> looks at; an RSA key of 8192 bits has about 4,700.</summary>
    public const int MaxEncodedLength = 5 * 1024;

    /// <summary>The size that <see cref="Generate"/> gives an RSA key unless told otherwise.</summary>
    public const int DefaultRsaBits = 2048;

    readonly byte[] _data;
    readonly Signer _signer;
    bool _disposed;

    internal PrivateKey(PrivateKeyParts parts)
    {
        _data = parts.Data;
        _signer = parts.Signer;
        PublicKey = parts.PublicKey;
    }

    /// <summary>The algorithm.</summary>
    public KeyType Type => PublicKey.Type;

    /// <summary>The public half.</summary>
    public PublicKey PublicKey { get; }

    /// <summary>Makes a new key from the operating system's randomness.</summary>
    /// <param name="type">The algorithm; Ed25519 is what every peer understands.</param>
    /// <param name="rsaBits">The size of an RSA key, 2048 to 8192 and a multiple of 8; without meaning for other types.</param>
    /// <exception cref="ArgumentOutOfRangeException">The type is not one of the four, or the size of an RSA key is out of range.</exception>
    /// <exception cref="PlatformNotSupportedException">The platform lacks the algorithm (secp256k1 on macOS).</exception>
    public static PrivateKey Generate(KeyType type = KeyType.Ed25519, int rsaBits = DefaultRsaBits) => new(type switch
    {
        KeyType.Rsa => RsaKeys.Generate(rsaBits),
        KeyType.Ed25519 => Ed25519Keys.Generate(),
        KeyType.Secp256k1 => Secp256k1Keys.Generate(),
        KeyType.Ecdsa => P256Keys.Generate(),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "The key type is not known."),
    });

    /// <summary>
    /// Reads a key from its protobuf encoding, as other implementations store it. Ed25519 keys may have the old form of 96 bytes.
    /// Keys whose public half does not belong to the private one are refused.
    /// </summary>
    /// <param name="protobuf">The stored key.</param>
    /// <param name="key">The key, where the answer is true.</param>
    /// <param name="error">The reason in one line, without any of the secret, where the answer is false.</param>
    public static bool TryDecode(ReadOnlySpan<byte> protobuf, [NotNullWhen(true)] out PrivateKey? key, [NotNullWhen(false)] out string? error)
    {
        key = null;
        if (protobuf.Length > MaxEncodedLength)
        {
            error = $"A private key has at most {MaxEncodedLength} bytes, not {protobuf.Length}.";
            return false;
        }
        if (!KeyCodec.TryDecode(protobuf, out var type, out var data, out var reason))
        {
            error = reason!;
            return false;
        }
        PrivateKeyParts parts = default;
        var valid = type switch
        {
            KeyType.Rsa => RsaKeys.TryReadPrivate(data, out parts, out reason),
            KeyType.Ed25519 => Ed25519Keys.TryReadPrivate(data, out parts, out reason),
            KeyType.Secp256k1 => Secp256k1Keys.TryReadPrivate(data, out parts, out reason),
            KeyType.Ecdsa => P256Keys.TryReadPrivate(data, out parts, out reason),
            _ => false,
        };
        key = valid ? new PrivateKey(parts) : null;
        error = valid ? null : reason ?? $"Key type {(int)type} is not known.";
        return valid;
    }

    /// <summary>The deterministic protobuf encoding. It is the secret itself: wipe the array when done with it.</summary>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public byte[] ToProtobuf()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);
        return KeyCodec.Encode(Type, _data);
    }

    /// <summary>
    /// Signs a message as the key's type prescribes: 64 bytes (Ed25519), DER (secp256k1, always with the smaller S, and ECDSA), or as
    /// many bytes as the modulus has (RSA, PKCS#1 v1.5).
    /// </summary>
    /// <param name="message">What is signed.</param>
    /// <returns>The signature.</returns>
    /// <exception cref="ObjectDisposedException">The key was disposed.</exception>
    public byte[] Sign(ReadOnlySpan<byte> message)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);
        return _signer.Sign(message);
    }

    /// <summary>Wipes the secret. The public half stays usable.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _disposed, true);
        _signer.Dispose();
        CryptographicOperations.ZeroMemory(_data);
    }

    /// <summary>The type and the peer id; never anything secret.</summary>
    public override string ToString() => $"private key of {PublicKey}";
}
