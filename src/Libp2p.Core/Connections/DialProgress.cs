namespace Libp2p;

/// <summary>An attempt at one address has come to a stage.</summary>
/// <param name="Address">Which address.</param>
/// <param name="Stage">The stage that begins.</param>
/// <param name="Elapsed">Since the dial of the peer began.</param>
public readonly record struct DialProgress(Multiaddress Address, DialStage Stage, TimeSpan Elapsed);
