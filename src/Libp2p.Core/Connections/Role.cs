namespace Libp2p;

/// <summary>Which side of a connection or stream this node is.</summary>
public enum Role
{
    /// <summary>This node began it: it dialled, or it opened the stream.</summary>
    Dialer,

    /// <summary>The other side began it.</summary>
    Listener,
}
