using System.Security.Cryptography;

namespace Libp2p;

/// <summary>
/// The curves without native code, for systems that have no libcrypto 3. What depends on a secret takes the same steps
/// and reads the same memory for every secret; verification, whose inputs are public, does not care.
/// </summary>
/// <param name="verifier">What checks signatures.</param>
internal sealed class ManagedCurveProvider<TPoint, TMultiple>(Ed25519Verifier verifier) : CurveProvider
    where TPoint : unmanaged, IEdwardsArithmetic<TPoint, TMultiple>
    where TMultiple : unmanaged
{
    /// <inheritdoc/>
    public override string Name => "managed";

    /// <inheritdoc/>
    public override void Ed25519PublicKey(ReadOnlySpan<byte> seed, Span<byte> publicKey)
    {
        RequireLength(seed, Ed25519.SeedLength, nameof(seed));
        RequireLength(publicKey, Ed25519.PublicKeyLength, nameof(publicKey));
        Span<byte> expanded = stackalloc byte[Ed25519Hash.Length];
        try
        {
            SHA512.HashData(seed, expanded);
            Clamp(expanded);
            EdwardsGeneratorTable<TPoint, TMultiple>.Multiply(expanded[..EdwardsScalar.Length], publicKey);
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
        Span<byte> secret = stackalloc byte[Ed25519Hash.Length + Ed25519Hash.Length + EdwardsScalar.Length];
        Span<byte> made = stackalloc byte[Ed25519.SignatureLength];
        Span<byte> challenge = stackalloc byte[Ed25519Hash.Length];
        var expanded = secret[..Ed25519Hash.Length];
        var wideNonce = secret.Slice(Ed25519Hash.Length, Ed25519Hash.Length);
        var nonce = secret[(2 * Ed25519Hash.Length)..];
        try
        {
            SHA512.HashData(seed, expanded);
            Clamp(expanded);
            Ed25519Hash.Compute(expanded[32..], default, message, wideNonce);
            EdwardsScalar.Reduce(wideNonce, nonce);
            EdwardsGeneratorTable<TPoint, TMultiple>.Multiply(nonce, made[..32]);
            Ed25519Hash.Compute(made[..32], publicKey, message, challenge);
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
    public override bool Ed25519Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        verifier.Verify(publicKey, message, signature);

    /// <inheritdoc/>
    public override void X25519PublicKey(ReadOnlySpan<byte> privateKey, Span<byte> publicKey)
    {
        RequireLength(privateKey, X25519.KeyLength, nameof(privateKey));
        RequireLength(publicKey, X25519.KeyLength, nameof(publicKey));
        Span<byte> scalar = stackalloc byte[EdwardsScalar.Length];
        try
        {
            privateKey.CopyTo(scalar);
            Clamp(scalar);

            // No clamped scalar is a multiple of L, so the product is never the neutral element.
            EdwardsGeneratorTable<TPoint, TMultiple>.MultiplyMontgomery(scalar, publicKey);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(scalar);
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
}
