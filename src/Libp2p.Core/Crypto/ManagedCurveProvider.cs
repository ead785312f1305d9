using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Libp2p;

/// <summary>
/// The curves without native code, for systems that have no libcrypto 3. What depends on a secret takes the same steps
/// and reads the same memory for every secret; verification, whose inputs are public, does not care.
/// </summary>
internal sealed class ManagedCurveProvider : CurveProvider
{
    private const int HashLength = 64;

    // Up to this size the hashed input is put together on the stack; beyond it an incremental hash is worth its allocation.
    private const int StackMessageLength = 1024;

    /// <summary>The one instance: it has no state.</summary>
    public static ManagedCurveProvider Instance { get; } = new();

    private ManagedCurveProvider()
    {
    }

    /// <inheritdoc/>
    public override string Name => "managed";

    /// <inheritdoc/>
    public override void Ed25519PublicKey(ReadOnlySpan<byte> seed, Span<byte> publicKey)
    {
        RequireLength(seed, Ed25519.SeedLength, nameof(seed));
        RequireLength(publicKey, Ed25519.PublicKeyLength, nameof(publicKey));
        Span<byte> expanded = stackalloc byte[HashLength];
        try
        {
            SHA512.HashData(seed, expanded);
            Clamp(expanded);
            EdwardsGeneratorTable.Multiply(expanded[..EdwardsScalar.Length]).Encode(publicKey);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(expanded);
        }
    }

    /// <inheritdoc/>
    public override void Ed25519Sign(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, Span<byte> signature)
    {
        RequireLength(seed, Ed25519.SeedLength, nameof(seed));
        RequireLength(publicKey, Ed25519.PublicKeyLength, nameof(publicKey));
        RequireLength(signature, Ed25519.SignatureLength, nameof(signature));
        Span<byte> secret = stackalloc byte[HashLength + HashLength + EdwardsScalar.Length];
        Span<byte> made = stackalloc byte[Ed25519.SignatureLength];
        Span<byte> challenge = stackalloc byte[HashLength];
        var expanded = secret[..HashLength];
        var wideNonce = secret.Slice(HashLength, HashLength);
        var nonce = secret[(2 * HashLength)..];
        try
        {
            SHA512.HashData(seed, expanded);
            Clamp(expanded);
            Hash(expanded[32..], default, message, wideNonce);
            EdwardsScalar.Reduce(wideNonce, nonce);
            EdwardsGeneratorTable.Multiply(nonce).Encode(made[..32]);
            Hash(made[..32], publicKey, message, challenge);
            EdwardsScalar.Reduce(challenge, challenge[..32]);
            EdwardsScalar.MultiplyAdd(challenge[..32], expanded[..32], nonce, made[32..]);

            // Only now: the signature may lie over the message.
            made.CopyTo(signature);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <inheritdoc/>
    public override bool Ed25519Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != Ed25519.PublicKeyLength || signature.Length != Ed25519.SignatureLength)
            return false;
        var commitment = signature[..32];
        var response = signature[32..];
        if (!EdwardsScalar.IsCanonical(response) || !EdwardsPoint.TryDecode(publicKey, out var key))
            return false;
        Span<byte> challenge = stackalloc byte[HashLength];
        Hash(commitment, publicKey, message, challenge);
        EdwardsScalar.Reduce(challenge, challenge[..32]);

        // The commitment is compared as bytes, never decoded: no second encoding of a point can pass.
        Span<byte> expected = stackalloc byte[EdwardsPoint.Length];
        EdwardsCombination.Compute(challenge[..32], key.Negate(), response).Encode(expected);
        return expected.SequenceEqual(commitment);
    }

    /// <inheritdoc/>
    public override void X25519PublicKey(ReadOnlySpan<byte> privateKey, Span<byte> publicKey)
    {
        RequireLength(privateKey, X25519.KeyLength, nameof(privateKey));
        RequireLength(publicKey, X25519.KeyLength, nameof(publicKey));
        Span<byte> scalar = stackalloc byte[EdwardsScalar.Length];
        Span<EdwardsPoint> point = stackalloc EdwardsPoint[1];
        try
        {
            privateKey.CopyTo(scalar);
            Clamp(scalar);

            // The table of the Edwards curve serves here too: u = (1 + y) / (1 - y) carries its base point to u = 9 (RFC 7748 §4.1).
            // No clamped scalar is a multiple of L, so y is never 1.
            point[0] = EdwardsGeneratorTable.Multiply(scalar);
            ((point[0].Z + point[0].Y) * (point[0].Z - point[0].Y).Invert()).Encode(publicKey);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(scalar);
            CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(point));
        }
    }

    /// <inheritdoc/>
    public override bool X25519Agree(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> peerPublicKey, Span<byte> sharedSecret)
    {
        RequireLength(privateKey, X25519.KeyLength, nameof(privateKey));
        RequireLength(peerPublicKey, X25519.KeyLength, nameof(peerPublicKey));
        RequireLength(sharedSecret, X25519.KeyLength, nameof(sharedSecret));
        Span<byte> scalar = stackalloc byte[EdwardsScalar.Length];
        try
        {
            privateKey.CopyTo(scalar);
            Clamp(scalar);
            MontgomeryLadder.Multiply(scalar, peerPublicKey, sharedSecret);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(scalar);
        }

        // Every byte is looked at, so the time does not tell how far a secret that is not zero begins with zeros.
        var any = 0;
        foreach (var value in sharedSecret)
            any |= value;
        return any != 0;
    }

    private static void Clamp(Span<byte> scalar)
    {
        scalar[0] &= 0xf8;
        scalar[31] &= 0x7f;
        scalar[31] |= 0x40;
    }

    private static void Hash(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> message, Span<byte> hash)
    {
        var prefix = first.Length + second.Length;
        if (message.Length > StackMessageLength)
        {
            using var incremental = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
            incremental.AppendData(first);
            incremental.AppendData(second);
            incremental.AppendData(message);
            incremental.GetHashAndReset(hash);
            return;
        }
        Span<byte> buffer = stackalloc byte[(2 * 32) + StackMessageLength];
        first.CopyTo(buffer);
        second.CopyTo(buffer[first.Length..]);
        message.CopyTo(buffer[prefix..]);
        SHA512.HashData(buffer[..(prefix + message.Length)], hash);
        CryptographicOperations.ZeroMemory(buffer[..prefix]);
    }
}
