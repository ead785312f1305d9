using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Libp2p;

/// <summary>Who a node is: its private key, the public half, and the peer id made from that. Disposing it wipes the secret.</summary>
public sealed class Identity : IDisposable
{
    Identity(PrivateKey privateKey)
    {
        PrivateKey = privateKey;
        PeerId = PeerId.FromPublicKey(privateKey.PublicKey);
    }

    /// <summary>The name that others know the node by.</summary>
    public PeerId PeerId { get; }

    /// <summary>The key that others check signatures with.</summary>
    public PublicKey PublicKey => PrivateKey.PublicKey;

    /// <summary>The secret; this identity owns it.</summary>
    public PrivateKey PrivateKey { get; }

    /// <summary>Makes a new identity.</summary>
    /// <param name="type">The algorithm; Ed25519 is what every peer understands.</param>
    /// <exception cref="PlatformNotSupportedException">The platform lacks the algorithm (secp256k1 on macOS).</exception>
    public static Identity Generate(KeyType type = KeyType.Ed25519) => new(PrivateKey.Generate(type));

    /// <summary>The identity of a key, which it owns from here on.</summary>
    public static Identity FromPrivateKey(PrivateKey privateKey)
    {
        ArgumentNullException.ThrowIfNull(privateKey);
        return new Identity(privateKey);
    }

    /// <summary>Signs as <see cref="PrivateKey.Sign"/> does.</summary>
    /// <param name="message">What is signed.</param>
    /// <exception cref="ObjectDisposedException">The identity was disposed.</exception>
    public byte[] Sign(ReadOnlySpan<byte> message) => PrivateKey.Sign(message);

    /// <summary>
    /// The private key's protobuf in base64 (RFC 4648 §4, padded), as other implementations and our key files have it.
    /// It is the secret itself.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The identity was disposed.</exception>
    public string Export()
    {
        var protobuf = PrivateKey.ToProtobuf();
        try
        {
            return Convert.ToBase64String(protobuf);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(protobuf);
        }
    }

    /// <summary>Reads what <see cref="Export"/> or another implementation wrote; white space around it is let pass.</summary>
    /// <param name="text">The private key's protobuf in base64.</param>
    /// <param name="identity">The identity, where the answer is true.</param>
    /// <param name="error">The reason in one line, without any of the secret, where the answer is false.</param>
    public static bool TryImport(ReadOnlySpan<char> text, [NotNullWhen(true)] out Identity? identity, [NotNullWhen(false)] out string? error)
    {
        identity = null;
        text = text.Trim();
        if (text.IsEmpty)
        {
            error = "There is no key in it.";
            return false;
        }
        var protobuf = new byte[PrivateKey.MaxEncodedLength];
        try
        {
            if (text.Length > (PrivateKey.MaxEncodedLength + 2) / 3 * 4)
            {
                error = "It is too long for a private key.";
                return false;
            }
            if (!Convert.TryFromBase64Chars(text, protobuf, out var length))
            {
                error = "It is not base64.";
                return false;
            }
            if (!PrivateKey.TryDecode(protobuf.AsSpan(0, length), out var key, out error))
                return false;
            identity = new Identity(key);
            return true;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(protobuf);
        }
    }

    /// <summary>Wipes the private key.</summary>
    public void Dispose() => PrivateKey.Dispose();

    /// <summary>The peer id; never anything secret.</summary>
    public override string ToString() => PeerId.ToString();
}
