namespace Libp2p;

/// <summary>What the first bytes of a link say about whom it is for.</summary>
public enum LinkClaim
{
    /// <summary>It is for another.</summary>
    No,

    /// <summary>More bytes must tell.</summary>
    Undecided,

    /// <summary>It is for this one.</summary>
    Yes,
}
