using Libp2p.Benchmarks.Macro;
using Libp2p.Benchmarks.Macro.Peer;
using Libp2p.Benchmarks.Micro;

return args switch
{
    ["micro", .. var rest] => MicroCommand.Run(rest),
    ["macro", .. var rest] => await MacroCommand.RunAsync(rest),
    ["peer", .. var rest] => await PeerProgram.RunAsync(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        micro [--filter GLOB …]   the parts, by BenchmarkDotNet (its own flags are passed on)
        macro [--only NAME …] [--rounds 3] [--seconds 3] [--quick] [--no-js] [--update]
                                  nodes in processes of their own, ours and js-libp2p in turn; --update writes docs/performance.md
        peer [--listen]           one of those nodes: commands as JSON lines on stdin, events on stdout
        """);
    return 2;
}
