using System.Net;

namespace Libp2p;

/// <summary>Something that happened to a node.</summary>
public abstract record NodeEvent;

/// <summary>A connection is ready for streams.</summary>
public sealed record ConnectionOpened(ConnectionInfo Connection) : NodeEvent;

/// <summary>A connection has ended.</summary>
public sealed record ConnectionEnded(ConnectionInfo Connection, CloseReason Reason) : NodeEvent;

/// <summary>A peer has its first connection.</summary>
public sealed record PeerConnected(PeerId Peer, ConnectionInfo Connection) : NodeEvent;

/// <summary>A peer's last connection has ended.</summary>
public sealed record PeerDisconnected(PeerId Peer, CloseReason Reason) : NodeEvent;

/// <summary>A peer has told what it is and what it speaks; the peer store holds it.</summary>
/// <param name="Peer">Who.</param>
/// <param name="Info">What is known of it now.</param>
/// <param name="ObservedAddress">This node's address as that peer sees it, where it said so.</param>
/// <param name="Connection">The connection it said so over.</param>
public sealed record PeerIdentified(PeerId Peer, PeerInfo Info, Multiaddress? ObservedAddress, ConnectionInfo Connection) : NodeEvent
{
    /// <summary>True where the peer told of a change by itself; false where it answered.</summary>
    public bool IsPush { get; init; }
}

/// <summary>This node has told a peer what it is and what it speaks.</summary>
/// <param name="Peer">Whom.</param>
/// <param name="Connection">The connection it said so over.</param>
public sealed record IdentifySent(PeerId Peer, ConnectionInfo Connection) : NodeEvent
{
    /// <summary>True where it told of a change by itself; false where it was asked.</summary>
    public bool IsPush { get; init; }
}

/// <summary>The addresses that this node tells others have changed.</summary>
public sealed record AddressesChanged(IReadOnlyList<Multiaddress> Addresses) : NodeEvent;

/// <summary>
/// This machine's place in the network has changed: it has other addresses, or it was asleep. Connections that this may have cut
/// are being tested, and dials that failed before say nothing any more.
/// </summary>
/// <param name="HasWoken">True where it was asleep, or its clock was set.</param>
/// <param name="Lost">Addresses of its interfaces that are gone.</param>
/// <param name="Gained">Addresses of its interfaces that are new.</param>
public sealed record NetworkChanged(bool HasWoken, IReadOnlyList<IPAddress> Lost, IReadOnlyList<IPAddress> Gained) : NodeEvent;

/// <summary>The protocols that this node serves have changed.</summary>
public sealed record ProtocolsChanged(IReadOnlyList<ProtocolId> Protocols) : NodeEvent;

/// <summary>A peer could not be reached.</summary>
public sealed record DialFailed(PeerId? Peer, DialException Failure) : NodeEvent;

/// <summary>This watcher was too slow: so many events before the next were dropped.</summary>
public sealed record EventsMissed(int Count) : NodeEvent;
