namespace Libp2p.Diagnostics;

/// <summary>The names under which nodes are measured and traced; docs/diagnostics.md lists what is there.</summary>
public static class Libp2pDiagnostics
{
    /// <summary>The meter of every node, <c>Libp2p</c>; each node's own carries its peer id as the tag <c>peer</c>.</summary>
    public const string MeterName = "Libp2p";

    /// <summary>The source of activities, <c>Libp2p</c>: <c>libp2p.dial</c> and, within it, <c>libp2p.upgrade</c>.</summary>
    public const string ActivitySourceName = "Libp2p";
}
