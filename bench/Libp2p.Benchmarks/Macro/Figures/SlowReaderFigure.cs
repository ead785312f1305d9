using Libp2p.Benchmarks.Macro.Processes;

namespace Libp2p.Benchmarks.Macro.Figures;

/// <summary>One stream's throughput while another of the same connection is read slowly, against without that.</summary>
internal sealed class SlowReaderFigure : IFigure
{
    private const string Protocol = "/test/slow-reader/1.0.0";
    private const int Unread = 32 * 1024 * 1024;
    private const int Sip = 16 * 1024;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    public string Name => "slow-reader";

    public async Task<IReadOnlyList<Row>> MeasureAsync(Measurement run)
    {
        var row = new Row("one stream beside a slow reader, against without", "ratio") { Gate = [new(0.90)], Goal = [new(1)] };
        Dictionary<Side, long> bytes = [];
        await run.AlternateAsync(
            run.WithoutLimit,
            async pair => bytes[pair.Side] = await run.WarmUpAsync(pair),
            async pair =>
            {
                var alone = (await pair.TransferAsync(bytes[pair.Side], up: true)).Rate;
                row.Add(pair.Side, await BesideAsync(pair, bytes[pair.Side]) / alone);
            });
        return [row];
    }

    private static async Task<double> BesideAsync(Pair pair, long bytes)
    {
        var sending = pair.AskAsync("send", new { peer = pair.Peer, protocol = Protocol, bytes = Unread }, "sent");
        var stream = (await pair.Listener.WaitForAsync("slow-open")).Number("stream");
        using var done = new CancellationTokenSource();
        var sipping = SipAsync(pair, stream, done.Token);
        var rate = (await pair.TransferAsync(bytes, up: true)).Rate;
        await done.CancelAsync();
        await sipping;
        // The rest is read, so that the next round begins with an empty connection.
        await pair.Listener.AskAsync("slow-read", new { stream }, "slow-read");
        await pair.Listener.AskAsync("slow-close", new { stream }, "slow-closed");
        await sending;
        return rate;
    }

    private static async Task SipAsync(Pair pair, long stream, CancellationToken done)
    {
        while (!done.IsCancellationRequested)
        {
            await pair.Listener.AskAsync("slow-read", new { stream, bytes = Sip }, "slow-read", cancellationToken: CancellationToken.None);
            await Task.Delay(Pause, TimeProvider.System, CancellationToken.None);
        }
    }
}
