namespace Libp2p;

public sealed partial class Multiaddress
{
    /// <summary>
    /// The peer that the address leads to: the value of its last p2p part. Where a p2p-circuit follows that part, it names the relay and
    /// not the peer behind it, and this is null, as it is where no peer is named.
    /// </summary>
    public PeerId? PeerId => TryGetPeerIdBytes(out var bytes) && PeerId.TryDecode(bytes.Span, out var peerId) ? peerId : null;

    /// <summary>The address with the peer at its end.</summary>
    /// <param name="peerId">The peer that the address leads to.</param>
    /// <returns>The address itself where it leads to that peer already.</returns>
    /// <exception cref="ArgumentException">The address leads to another peer, ends with a path, or would be beyond a bound.</exception>
    public Multiaddress WithPeerId(PeerId peerId)
    {
        ArgumentNullException.ThrowIfNull(peerId);
        var present = PeerId;
        if (present is null)
            return Encapsulate(FromParts(MultiaddressPart.Create(MultiaddressProtocols.P2p, peerId.ToString())));
        return present == peerId
            ? this
            : throw new ArgumentException($"The address leads to {present} already, so it cannot lead to {peerId}.", nameof(peerId));
    }
}
