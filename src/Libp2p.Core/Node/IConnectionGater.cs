namespace Libp2p;

/// <summary>Decides who may connect. Asked before any work is spent; must answer at once and be safe for concurrent use.</summary>
public interface IConnectionGater
{
    /// <summary>Raised after its answers have changed: a node then asks <see cref="AllowPeer"/> for each open connection again, and ends those that it denies. A gater whose answers stand need not implement it.</summary>
    event Action? Changed
    {
        add { }
        remove { }
    }

    /// <summary>May this address be dialled for this peer?</summary>
    bool AllowDial(PeerId? peer, Multiaddress address) => true;

    /// <summary>May a link from this address be upgraded? Asked on accept, before any cryptography.</summary>
    bool AllowAccept(Multiaddress remoteAddress) => true;

    /// <summary>May this proven peer connect, from this address?</summary>
    bool AllowPeer(PeerId peer, Multiaddress remoteAddress, Role role) => true;
}
