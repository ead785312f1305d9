namespace Libp2p;

/// <summary>Decides who may connect. Asked before any work is spent; must answer at once and be safe for concurrent use.</summary>
public interface IConnectionGater
{
    /// <summary>May this address be dialled for this peer?</summary>
    bool AllowDial(PeerId? peer, Multiaddress address) => true;

    /// <summary>May a link from this address be upgraded? Asked on accept, before any cryptography.</summary>
    bool AllowAccept(Multiaddress remoteAddress) => true;

    /// <summary>May this proven peer connect, from this address?</summary>
    bool AllowPeer(PeerId peer, Multiaddress remoteAddress, Role role) => true;
}
