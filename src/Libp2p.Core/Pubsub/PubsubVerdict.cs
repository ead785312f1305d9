namespace Libp2p;

/// <summary>What a validator says of a message (gossipsub v1.1 specification, "Extended Validators").</summary>
public enum PubsubVerdict
{
    /// <summary>It is good: it is delivered and passed on.</summary>
    Accept,

    /// <summary>It is bad: it is dropped, and whoever sent it is blamed.</summary>
    Reject,

    /// <summary>It is of no use here: it is dropped, and nobody is blamed.</summary>
    Ignore,
}
