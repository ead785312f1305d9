namespace Libp2p.Benchmarks.Macro.Processes;

/// <summary>Bytes moved one way: how long it took, and the CPU time of both processes meanwhile.</summary>
internal sealed record Transfer(long Bytes, TimeSpan Duration, TimeSpan SenderCpu, TimeSpan ReceiverCpu)
{
    /// <summary>Megabytes (10^6) a second.</summary>
    public double Rate => Bytes / 1e6 / Duration.TotalSeconds;

    /// <summary>CPU seconds a gigabyte (10^9).</summary>
    public double SenderCpuPerGigabyte => SenderCpu.TotalSeconds / (Bytes / 1e9);

    /// <summary>CPU seconds a gigabyte (10^9).</summary>
    public double ReceiverCpuPerGigabyte => ReceiverCpu.TotalSeconds / (Bytes / 1e9);
}
