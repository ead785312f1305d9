namespace Libp2p.Security.Plaintext;

/// <summary>What each side says of itself. Nothing proves it.</summary>
/// <param name="Key">The public key.</param>
/// <param name="IsInFormOf2020">Whether the key travels as js-libp2p of 2020 has it.</param>
internal sealed record PlaintextExchange(PublicKey Key, bool IsInFormOf2020);
