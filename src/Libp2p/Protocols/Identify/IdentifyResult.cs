namespace Libp2p.Protocols.Identify;

/// <summary>What a peer said of itself over one connection.</summary>
/// <param name="Info">What is known of it now.</param>
/// <param name="ListenAddresses">Where it says that it listens, in its own order; addresses that do not decode or that name another peer are left out.</param>
/// <param name="ObservedAddress">This node's address as it sees it, where it said so.</param>
/// <param name="Connection">The connection.</param>
public sealed record IdentifyResult(PeerInfo Info, IReadOnlyList<Multiaddress> ListenAddresses, Multiaddress? ObservedAddress, ConnectionInfo Connection);
