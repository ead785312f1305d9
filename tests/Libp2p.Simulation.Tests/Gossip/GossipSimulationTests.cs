using System.Diagnostics;
using Libp2p.Testing;

namespace Libp2p.Simulation.Tests.Gossip;

/// <summary>
/// The machines of a thousand nodes on one event queue, in virtual time. LIBP2P_SEED repeats a run exactly; TINCAN_LONG=1 adds ten
/// thousand. What they measure is in docs/simulation.md.
/// </summary>
public sealed class GossipSimulationTests(ITestOutputHelper output)
{
    [Fact]
    public void One_seed_is_one_run()
    {
        var scenario = new GossipScenario { Seed = TestRandom.Seed(), Nodes = 150, Messages = 30, Hostile = 0.2, CutsPerMinute = 0.1 };
        var first = Run(scenario);
        var again = Run(scenario);
        Assert.Equal((first.TraceHash, first.Queue.Ran), (again.TraceHash, again.Queue.Ran));
        Assert.NotEqual(first.TraceHash, Run(scenario with { Seed = scenario.Seed + 1 }).TraceHash);
    }

    public static TheoryData<int> Sizes => Environment.GetEnvironmentVariable("TINCAN_LONG") == "1" ? [1000, 10_000] : [1000];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void All_nodes_hear_everything_soon_and_not_too_often(int nodes)
    {
        var report = Run(Among(nodes)).Report;
        Assert.InRange(report.CompleteShare, 0.999, 1);
        Assert.InRange(report.Percentile(0.99), TimeSpan.Zero, TimeSpan.FromSeconds(3));
        Assert.InRange(report.CopiesPerDelivery, 1, 5.5);
        Assert.Equal(0, report.Dropped);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Saying_what_is_not_wanted_halves_the_copies_of_large_messages(int nodes)
    {
        var scenario = Among(nodes) with { MessageBytes = 100 * 1024, Messages = 12, Rate = 0.5 };
        var with = Run(scenario);
        var without = Run(scenario with { Configure = o => (o.IDontWantThreshold, o.DeferThreshold) = (int.MaxValue, int.MaxValue) });
        Assert.Equal((1, 1), (with.Report.CompleteShare, without.Report.CompleteShare));
        Assert.InRange(with.Report.CopiesPerDelivery, 1, without.Report.CopiesPerDelivery / 2);
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_fifth_of_hostile_nodes_does_not_keep_the_others_from_hearing_and_is_found_out(int nodes)
    {
        var scenario = Among(nodes) with { Messages = 100 };
        var peace = Run(scenario);
        var war = Run(scenario with { Hostile = 0.2 });
        Assert.InRange(war.Report.DeliveredShare, peace.Report.DeliveredShare * 0.99, 1);
        Assert.InRange(war.Report.Percentile(0.99), TimeSpan.Zero, TimeSpan.FromSeconds(3));

        var table = new ScoreTable(war);
        output.WriteLine(table.ToString());
        foreach (var flooder in new[] { nameof(IHaveFlooder), nameof(InvalidSpammer) })
            Assert.InRange(table.ShareBelow(flooder, war.Options.Score.PublishThreshold), 0.95, 1);
        // Of these, each can be blamed by those alone whom it wrongs: who pruned it, and who has too many at one address.
        Assert.InRange(table.ShareBelow(nameof(GraftFlooder), 0), 0.2, 1);
        Assert.InRange(table.ShareBelow(nameof(Sybil), 0), 0.15, 1);
        // Whoever is merely silent has done nothing wrong that a neighbour could prove, but earns nothing.
        Assert.InRange(table.Mean(nameof(SilentNode)), 0, table.Mean(ScoreTable.Honest) / 10);
        Assert.Equal(0, table.ShareBelow(ScoreTable.Honest, 0));
        Assert.Equal(0, table.ShareBelow("Honest, outside", 0));
    }

    /// <summary>Why P3 and P3b are off by default: in a room of few words they hit those who have nothing to deliver.</summary>
    [Fact]
    public void Counting_mesh_deliveries_would_punish_the_honest_in_a_quiet_room()
    {
        var scenario = new GossipScenario { Seed = TestRandom.Seed(), Nodes = 200, Messages = 20, Rate = 0.2 };
        var off = new ScoreTable(Run(scenario));
        var on = new ScoreTable(Run(scenario with
        {
            Configure = o => (o.Score.DefaultTopic!.MeshDeliveriesWeight, o.Score.DefaultTopic.MeshFailuresWeight) = (-1, -1),
        }));
        output.WriteLine($"off:\n{off}\non:\n{on}");
        Assert.Equal(0, off.ShareBelow(ScoreTable.Honest, 0));
        Assert.InRange(on.ShareBelow("Honest, outside", 0), 0.2, 1);
    }

    /// <summary>So many nodes, that come one after the other within ten seconds.</summary>
    static GossipScenario Among(int nodes) => new() { Seed = TestRandom.Seed(), Nodes = nodes, Spread = TimeSpan.FromSeconds(10.0 / nodes) };

    GossipNetwork Run(GossipScenario scenario)
    {
        var network = new GossipNetwork(scenario);
        var began = Stopwatch.GetTimestamp();
        network.Run();
        var took = Stopwatch.GetElapsedTime(began);
        output.WriteLine(FormattableString.Invariant($"{scenario.Nodes} nodes, {scenario.Hostile:P0} hostile, seed {scenario.Seed}: {network.Report}"));
        output.WriteLine(FormattableString.Invariant($"  trace {network.TraceHash:x16}; {network.Queue.Now.TotalSeconds:0} s of virtual time, {network.Queue.Ran} events in {took.TotalSeconds:0.0} s, {GC.GetTotalMemory(true) >> 20} MiB"));
        return network;
    }
}
