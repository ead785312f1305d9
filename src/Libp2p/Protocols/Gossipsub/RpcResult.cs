namespace Libp2p.Protocols.Gossipsub;

/// <summary>What reading an RPC came to.</summary>
internal enum RpcResult
{
    /// <summary>All of it was read.</summary>
    Ok,

    /// <summary>It goes beyond the bounds, or has entries that make no sense: what is within was read, the rest left out.</summary>
    Excess,

    /// <summary>It is no RPC.</summary>
    Malformed,
}
