namespace Libp2p;

/// <summary>A handler of inbound streams of one protocol. When it returns, the stream is closed; when it throws, reset and logged.</summary>
/// <param name="stream">The stream, which the node disposes afterwards.</param>
/// <param name="cancellationToken">Cancelled when the node stops.</param>
public delegate Task StreamHandler(PeerStream stream, CancellationToken cancellationToken);

/// <summary>A libp2p node: an identity, addresses, connections, streams.</summary>
public interface INode : IAsyncDisposable
{
    /// <summary>Who this node is.</summary>
    Identity Identity { get; }

    /// <summary>Where this node can be reached, as it tells others: listen addresses with wildcards resolved, announced and confirmed ones. Each ends in <c>/p2p/…</c>. A snapshot.</summary>
    IReadOnlyList<Multiaddress> Addresses { get; }

    /// <summary>Where this node listens, as bound, without peer id. A snapshot.</summary>
    IReadOnlyList<Multiaddress> ListenAddresses { get; }

    /// <summary>The protocols that this node serves. A snapshot.</summary>
    IReadOnlyList<ProtocolId> Protocols { get; }

    /// <summary>The peers that are connected. A snapshot.</summary>
    IReadOnlyList<PeerId> Peers { get; }

    /// <summary>The open connections; several to one peer are normal. A snapshot.</summary>
    IReadOnlyList<ConnectionInfo> Connections { get; }

    /// <summary>True while that connection is open; far cheaper than a look through <see cref="Connections"/>.</summary>
    bool IsOpen(ConnectionInfo connection) => Connections.Any(c => c.Id == connection.Id);

    /// <summary>What is known of peers.</summary>
    IPeerStore PeerStore { get; }

    /// <summary>What services say of the worth of peers: whose connections stay when there are too many.</summary>
    IConnectionTags ConnectionTags { get; }

    /// <summary>The node's clock.</summary>
    TimeProvider TimeProvider { get; }

    /// <summary>Connects to a peer at the addresses that are known for it, or returns the connection there is. As a user asks for it: services say <see cref="ConnectOptions.InBackground"/>.</summary>
    /// <exception cref="DialException">No address could be reached; it says why for each.</exception>
    ValueTask<ConnectionInfo> ConnectAsync(PeerId peer, CancellationToken cancellationToken = default);

    /// <summary>Connects to an address. Where it ends in <c>/p2p/…</c>, only that peer may answer. As a user asks for it: services say <see cref="ConnectOptions.InBackground"/>.</summary>
    /// <exception cref="DialException">It could not be reached; it says why.</exception>
    ValueTask<ConnectionInfo> ConnectAsync(Multiaddress address, CancellationToken cancellationToken = default);

    /// <summary>Connects to a peer at the addresses that are known for it, or returns the connection there is.</summary>
    /// <param name="peer">To whom.</param>
    /// <param name="options">How: <see cref="ConnectOptions.InBackground"/> for services, null for users.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="DialException">No address could be reached; it says why for each.</exception>
    ValueTask<ConnectionInfo> ConnectAsync(PeerId peer, ConnectOptions? options, CancellationToken cancellationToken = default);

    /// <summary>Connects to an address. Where it ends in <c>/p2p/…</c>, only that peer may answer.</summary>
    /// <param name="address">Where to.</param>
    /// <param name="options">How: <see cref="ConnectOptions.InBackground"/> for services, null for users.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="DialException">It could not be reached; it says why.</exception>
    ValueTask<ConnectionInfo> ConnectAsync(Multiaddress address, ConnectOptions? options, CancellationToken cancellationToken = default);

    /// <summary>Ends every connection to a peer in good order; does nothing where there is none. What was flushed before is sent; that the peer leaves too is not waited for.</summary>
    ValueTask DisconnectAsync(PeerId peer, CancellationToken cancellationToken = default);

    /// <summary>Opens a stream to a peer, connecting first where needed.</summary>
    /// <param name="peer">To whom.</param>
    /// <param name="protocol">For what. The stream is there at once; a refusal shows at the first read, or at a write that meets it, as a <see cref="Libp2pException"/> with <see cref="Libp2pError.NegotiationFailed"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<PeerStream> OpenStreamAsync(PeerId peer, ProtocolId protocol, CancellationToken cancellationToken = default);

    /// <summary>Opens a stream with the first protocol of several that the peer takes.</summary>
    /// <param name="peer">To whom.</param>
    /// <param name="protocols">In order of preference.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="Libp2pException"><see cref="Libp2pError.NegotiationFailed"/> where it takes none.</exception>
    ValueTask<PeerStream> OpenStreamAsync(PeerId peer, IReadOnlyList<ProtocolId> protocols, CancellationToken cancellationToken = default);

    /// <summary>Serves a protocol. Disposing the result ends that; streams that are open go on.</summary>
    /// <param name="protocol">The name, served exactly as written.</param>
    /// <param name="handler">Called once for each inbound stream, many at a time.</param>
    /// <param name="maxInboundStreamsPerPeer">How many streams one peer may have open at once; more are reset. Null: the node's own limits alone.</param>
    /// <exception cref="InvalidOperationException">The protocol is served already.</exception>
    IDisposable Handle(ProtocolId protocol, StreamHandler handler, int? maxInboundStreamsPerPeer = null);

    /// <summary>Watches what happens, from the call on: nothing is lost before the first <c>await foreach</c>. A slow watcher loses the oldest events and gets a <see cref="EventsMissed"/>.</summary>
    IAsyncEnumerable<NodeEvent> WatchAsync(CancellationToken cancellationToken = default);

    /// <summary>Tells every watcher something: for services, whose findings are events too.</summary>
    void Publish(NodeEvent nodeEvent);

    /// <summary>Adds an address at which this node was found to be reachable, by a service that has evidence for it. Removing it is <see cref="RetractAddress"/>.</summary>
    void ConfirmAddress(Multiaddress address);

    /// <summary>Takes back an address that <see cref="ConfirmAddress"/> added.</summary>
    void RetractAddress(Multiaddress address);

    /// <summary>The last measured round trip to a peer, once there is one.</summary>
    TimeSpan? GetRoundTripTime(PeerId peer);

    /// <summary>
    /// Opens a stream to a peer that is connected, with the first protocol of several that it takes. It never dials: for services that
    /// concern themselves with who is there, and must not bring back who has gone.
    /// </summary>
    /// <param name="peer">To whom.</param>
    /// <param name="protocols">In order of preference.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The stream; null where the peer is not connected.</returns>
    /// <exception cref="Libp2pException"><see cref="Libp2pError.NegotiationFailed"/> where it takes none; <see cref="Libp2pError.ConnectionClosed"/> where it leaves meanwhile.</exception>
    ValueTask<PeerStream?> OpenStreamIfConnectedAsync(PeerId peer, IReadOnlyList<ProtocolId> protocols, CancellationToken cancellationToken = default);

    /// <summary>Opens a stream over one connection, for services that concern that connection and not the peer as a whole.</summary>
    /// <exception cref="Libp2pException"><see cref="Libp2pError.ConnectionClosed"/> where it has ended.</exception>
    ValueTask<PeerStream> OpenStreamAsync(ConnectionInfo connection, ProtocolId protocol, CancellationToken cancellationToken = default);
}
