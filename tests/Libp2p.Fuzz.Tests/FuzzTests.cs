using System.Diagnostics;
using System.Globalization;
using Libp2p.Fuzz.Tests.Targets;

namespace Libp2p.Fuzz.Tests;

/// <summary>
/// Every codec under mutated inputs: it never throws, allocates no more than its bound, and reads back what it writes.
/// TINCAN_SEED repeats a run; TINCAN_LONG=1 runs twenty times as many inputs; TINCAN_FUZZ_MINUTES=N runs each target for
/// N minutes more, with seeds that follow each other.
/// </summary>
public sealed class FuzzTests(ITestOutputHelper output)
{
    private const int LongFactor = 20;

    // By name, so that a list of tests needs no keys made.
    public static TheoryData<string> Names => [.. AllTargets.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Holds_its_promises(string name)
    {
        var target = AllTargets.Create(name);
        var seed = Number("TINCAN_SEED") ?? 20_260_101;
        var iterations = target.Iterations * (Environment.GetEnvironmentVariable("TINCAN_LONG") == "1" ? LongFactor : 1);
        var fuzzer = new Fuzzer(target, seed);
        var clock = Stopwatch.StartNew();
        var broken = fuzzer.Run(iterations);
        output.WriteLine($"TINCAN_SEED={seed}: {fuzzer.Iterations} inputs, {fuzzer.Accepted} accepted, {clock.Elapsed.TotalSeconds:0.0} s");
        Assert.True(broken is null, broken);
        // Inputs that are all refused at the first byte show nothing.
        Assert.InRange(fuzzer.Accepted, iterations / 200, iterations);

        clock.Restart();
        for (var minutes = Number("TINCAN_FUZZ_MINUTES") ?? 0; clock.Elapsed < TimeSpan.FromMinutes(minutes); seed++)
        {
            broken = new Fuzzer(target, seed).RunMutations(target.Iterations);
            Assert.True(broken is null, broken);
        }
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
