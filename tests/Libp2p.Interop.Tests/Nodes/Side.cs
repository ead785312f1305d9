namespace Libp2p.Interop.Tests.Nodes;

/// <summary>One of the two that meet in a test.</summary>
public enum Side
{
    /// <summary>Our node, in this process.</summary>
    Ours,

    /// <summary>The real peer, in its own.</summary>
    Js,
}
