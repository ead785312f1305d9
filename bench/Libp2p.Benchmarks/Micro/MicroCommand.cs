using BenchmarkDotNet.Running;

namespace Libp2p.Benchmarks.Micro;

/// <summary>Runs the micro benchmarks; without a filter, all of them.</summary>
internal static class MicroCommand
{
    public static int Run(string[] args)
    {
        string[] all = args.Length == 0 ? ["--filter", "*"] : args;
        return BenchmarkSwitcher.FromAssembly(typeof(MicroCommand).Assembly).Run(all).Any() ? 0 : 1;
    }
}
