namespace Libp2p.Protocols.Gossipsub;

/// <summary>What messages carry, and what is asked of those of others (pubsub specification, "Signature Policy Options").</summary>
public enum SignaturePolicy
{
    /// <summary>Sign, and take only what is signed.</summary>
    StrictSign,

    /// <summary>Say neither author nor number nor signature, and take only messages without them.</summary>
    StrictNoSign,

    /// <summary>Sign, and take what is not signed too. Insecure: anyone can speak in any name.</summary>
    LaxSign,

    /// <summary>Say no author, and take everything but wrong signatures. Insecure: anyone can speak in any name.</summary>
    LaxNoSign,
}
