namespace Libp2p.Security.Noise;

/// <summary>
/// The static noise key of an identity and the identity's signature over it. Made once and used for every connection: the
/// signature is the dearest part of a handshake that need not be made anew, for RSA by far (noise/README.md, "Static Key
/// Authentication" allows it; the key never leaves memory).
/// </summary>
internal sealed class NoiseStaticKey
{
    public NoiseStaticKey(Identity identity)
    {
        Pair = NoiseKeyPair.Generate();
        Signature = identity.Sign(SignedBytes(Pair.Public));
    }

    public NoiseKeyPair Pair { get; }

    public ReadOnlyMemory<byte> Signature { get; }

    /// <summary>What an identity signs to claim a static key.</summary>
    public static byte[] SignedBytes(ReadOnlySpan<byte> staticKey) => [.. "noise-libp2p-static-key:"u8, .. staticKey];
}
