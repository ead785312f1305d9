using Microsoft.Extensions.Logging;

namespace Libp2p.Protocols.Identify;

/// <summary>Checks what a peer claims and puts what holds into the peer store.</summary>
internal sealed class IdentifyIntake(IPeerStore store, ILogger logger)
{
    /// <summary>Takes a message.</summary>
    /// <param name="connection">The connection over which it came: what it proved is what counts.</param>
    /// <param name="claims">What was claimed.</param>
    /// <param name="isPush">Whether what is missing is unchanged; otherwise it is nothing.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What is known of the peer now.</returns>
    public async ValueTask<PeerInfo> TakeAsync(ConnectionInfo connection, IdentifyClaims claims, bool isPush, CancellationToken cancellationToken)
    {
        var peer = connection.RemotePeer;
        if (claims.PublicKey is { } key && !key.Span.SequenceEqual(connection.RemoteKey.Encoded.Span))
            IdentifyLog.KeyMismatch(logger, peer);
        var protocols = claims.Protocols ?? (isPush ? null : []);
        var reach = connection.RemoteAddress.Scope;
        await store.AddAddressesAsync(peer, [.. (claims.ListenAddresses ?? []).Where(a => IsWithinReach(a.Scope, reach))], AddressTrust.Hearsay, cancellationToken)
            .ConfigureAwait(false);
        await store.UpdateAsync(peer, protocols, claims.AgentVersion, claims.ProtocolVersion, connection.RemoteKey, cancellationToken).ConfigureAwait(false);
        if (claims.SignedRecord is { } envelope)
            await TakeRecordAsync(peer, envelope, cancellationToken).ConfigureAwait(false);
        return await store.GetAsync(peer, cancellationToken).ConfigureAwait(false) ?? new PeerInfo(peer)
        {
            // The store is full of those that are connected: the answer is good all the same.
            Addresses = claims.ListenAddresses ?? [],
            Protocols = claims.Protocols ?? [],
            AgentVersion = claims.AgentVersion,
            ProtocolVersion = claims.ProtocolVersion,
            PublicKey = connection.RemoteKey,
        };
    }

    private async ValueTask TakeRecordAsync(PeerId peer, ReadOnlyMemory<byte> envelope, CancellationToken cancellationToken)
    {
        var known = await store.GetAsync(peer, cancellationToken).ConfigureAwait(false);
        // The same one again: the common case, and not worth another check of its signature.
        if (known?.SignedRecord is { } present && present.Span.SequenceEqual(envelope.Span))
            return;
        if (!PeerRecord.TryOpen(envelope.Span, out var record, out var error))
            IdentifyLog.RecordIgnored(logger, peer, error);
        else if (record.PeerId != peer)
            IdentifyLog.RecordIgnored(logger, peer, $"it is about {record.PeerId}");
        else if (!await store.ConsumeRecordAsync(record, envelope, cancellationToken).ConfigureAwait(false))
            IdentifyLog.RecordIgnored(logger, peer, "a newer one is here");
    }

    /// <summary>
    /// Whether an address can lead to a peer that is this far away. Otherwise it leads to someone else: a stranger's 192.168.1.1 is
    /// another machine here, and whoever is told of it could make this node knock there.
    /// </summary>
    private static bool IsWithinReach(AddressScope address, AddressScope peer) => address switch
    {
        AddressScope.Public or AddressScope.Unknown => true,
        AddressScope.Private or AddressScope.LinkLocal => peer != AddressScope.Public,
        AddressScope.Loopback => peer is AddressScope.Loopback or AddressScope.Memory,
        AddressScope.Memory => peer == AddressScope.Memory,
        _ => false,
    };
}
