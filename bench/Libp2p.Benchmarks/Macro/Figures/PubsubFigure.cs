using System.Diagnostics;
using Libp2p.Benchmarks.Macro.Processes;
using Libp2p.Interop.Tests.Peers;

namespace Libp2p.Benchmarks.Macro.Figures;

/// <summary>Gossipsub between two nodes: bursts of 10,000 messages of 1 KiB, signed and not; of which none may be lost.</summary>
internal sealed class PubsubFigure : IFigure
{
    private const int Bytes = 1024;
    private const int Burst = 10_000;

    /// <summary>For how long there are bursts before those that count, on each side: the runtimes compile anew what has turned out to be hot.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(6);

    public string Name => "pubsub";

    public async Task<IReadOnlyList<Row>> MeasureAsync(Measurement run)
    {
        var signed = new Row("gossipsub, two nodes, 1 KiB signed", "messages/s") { Gate = [new(2, Side.Js)], Goal = [new(16_000)] };
        var unsigned = new Row("gossipsub, two nodes, 1 KiB unsigned", "messages/s") { Gate = [new(6, Side.Js)], Goal = [new(120_000)] };
        var signedCpu = new Row("… CPU of both sides for each, signed", "µs") { LowerIsBetter = true };
        var unsignedCpu = new Row("… CPU of both sides for each, unsigned", "µs") { LowerIsBetter = true };
        var lost = new Row("… lost of a burst", "messages") { LowerIsBetter = true, Gate = [new(0)] };
        foreach (var (row, cpu, signs) in new[] { (signed, signedCpu, true), (unsigned, unsignedCpu, false) })
        {
            var topics = 0;
            await run.AlternateAsync(
                run.WithoutLimit,
                async pair =>
                {
                    for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < WarmUp;)
                        await BurstAsync(pair, $"topic {topics++}");
                },
                async pair =>
                {
                    var used = pair.CpuTime;
                    var (rate, missing) = await BurstAsync(pair, $"topic {topics++}");
                    row.Add(pair.Side, rate);
                    lost.Add(pair.Side, missing);
                    cpu.Add(pair.Side, (pair.CpuTime - used).TotalMicroseconds / Burst);
                },
                new Stack(Pubsub: "gossipsub", Signs: signs));
        }
        return [signed, unsigned, signedCpu, unsignedCpu, lost];
    }

    /// <summary>
    /// The rate from the beginning of the burst to the last message that arrived, and how many did not: a side that publishes all before it sends any
    /// is not spared the time of the former.
    /// </summary>
    private static async Task<(double Rate, long Lost)> BurstAsync(Pair pair, string topic)
    {
        await pair.Listener.AskAsync("subscribe", new { topic, quiet = true }, "subscribed");
        while ((await pair.AskAsync("pubsub-peers", new { topic }, "pubsub-peers")).Texts("subscribers").Count == 0)
            await Task.Delay(20);
        var published = await pair.AskAsync("publish", new { topic, bytes = Bytes, count = Burst }, "published");
        PeerEvent counted;
        do
        {
            await Task.Delay(100);
            counted = await pair.Listener.AskAsync("pubsub-count", new { topic }, "pubsub-count");
        }
        while (counted.Number("messages") < Burst && counted.Real("quiet_seconds") < 3);
        var messages = counted.Number("messages");
        await pair.Listener.AskAsync("unsubscribe", new { topic }, "unsubscribed");
        return (messages / (counted.Real("last_at") - published.Real("began_at")), Burst - messages);
    }
}
