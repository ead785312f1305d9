namespace Libp2p;

public sealed partial class Multiaddress
{
    /// <summary>
    /// The multihash of the peer that the address leads to: the value of its last p2p part. Where a p2p-circuit follows
    /// that part, it names the relay and not the peer behind it, and there is none.
    /// </summary>
    public bool TryGetPeerIdBytes(out ReadOnlyMemory<byte> multihash)
    {
        var last = Array.FindLastIndex(PartsArray, part => part.Protocol == MultiaddressProtocols.P2p || part.Protocol == MultiaddressProtocols.P2pCircuit);
        var found = last >= 0 && PartsArray[last].Protocol == MultiaddressProtocols.P2p;
        multihash = found ? PartsArray[last].Bytes : default;
        return found;
    }

    /// <summary>The address without the p2p part at its end.</summary>
    /// <returns>The address itself where it does not end with a p2p part; null where nothing else is in it.</returns>
    public Multiaddress? WithoutPeerId() => PartsArray[^1].Protocol == MultiaddressProtocols.P2p ? CutBefore(PartsArray.Length - 1) : this;
}
