namespace Libp2p;

/// <summary>The gater of a node that was given none: everyone may connect.</summary>
internal sealed class AllowAllGater : IConnectionGater;
