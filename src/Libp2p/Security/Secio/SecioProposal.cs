namespace Libp2p.Security.Secio;

/// <summary>What each side offers first (secio/README.md, "Proposal Generation").</summary>
/// <param name="Nonce">16 random bytes, never used before.</param>
/// <param name="PublicKey">The identity's public key, as its protobuf.</param>
/// <param name="Exchanges">The curves, in order of preference, with commas between.</param>
/// <param name="Ciphers">The ciphers, likewise.</param>
/// <param name="Hashes">The hashes, likewise.</param>
internal sealed record SecioProposal(byte[] Nonce, byte[] PublicKey, string Exchanges, string Ciphers, string Hashes)
{
    /// <summary>Bytes of a nonce.</summary>
    public const int NonceLength = 16;
}

/// <summary>What each side sends second (secio/README.md, "Key Exchange").</summary>
/// <param name="EphemeralKey">The public half of a key made for this connection, as an uncompressed point.</param>
/// <param name="Signature">The identity's signature over both proposals and the key.</param>
internal sealed record SecioExchange(byte[] EphemeralKey, byte[] Signature);
