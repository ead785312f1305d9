namespace Libp2p.Benchmarks.Macro.Processes;

/// <summary>Who is measured.</summary>
internal enum Side
{
    Ours,
    Js,

    /// <summary>The raw pipe.</summary>
    Limit,
}
