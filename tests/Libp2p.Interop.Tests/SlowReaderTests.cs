using Libp2p.Interop.Tests.Nodes;

namespace Libp2p.Interop.Tests;

/// <summary>Measures memory, so nothing else runs beside it.</summary>
[CollectionDefinition(nameof(SlowReaderTests), DisableParallelization = true)]
public sealed class SlowReaderCollection;

/// <summary>64 MiB to a reader that reads when told: the writer waits, neither side's memory grows with what waits, and other streams go on.</summary>
[Collection(nameof(SlowReaderTests))]
public sealed class SlowReaderTests
{
    const int Mega = 1 << 20;
    const int Total = 64 * Mega;
    const int Step = 4 * Mega;

    /// <summary>Before the reader has read anything no window has grown: the first one, and what lies ready to be sent.</summary>
    const int StalledBound = 2 * Mega;

    /// <summary>The most that a window grows to, on either side.</summary>
    const int MaxWindow = 16 * Mega;

    /// <summary>A window, and some of what the node's pool keeps because it was needed once.</summary>
    const int GrownBound = MaxWindow + (8 * Mega);

    /// <summary>Js keeps a window twice: what waits in the stream, and the packets from which that was decrypted.</summary>
    const int GrownBoundOfJs = (2 * MaxWindow) + (8 * Mega);

    [Theory]
    [InlineData(Side.Ours)]
    [InlineData(Side.Js)]
    public async Task Js_reads_slowly_what_we_send(Side dialer)
    {
        await using var met = await Encounter.StartAsync(dialer);
        await met.AssertAliveAsync();
        var ours = GC.GetTotalMemory(forceFullCollection: true);
        var theirs = await HeldByJsAsync(met);

        await using var stream = await met.OpenAsync(TestProtocols.SlowReader);
        var writer = new CountingWriter(stream, Total);
        var writing = writer.WriteAsync(met.Deadline);
        var key = (await met.Js.WaitForAsync("slow-open", cancellationToken: met.Deadline)).Number("stream");

        await AssertAliveWhileStalledAsync(met, writing);
        Assert.InRange(writer.Written, 64 * 1024, StalledBound);
        AssertOursBelow(StalledBound, met, ours);
        Assert.InRange(await HeldByJsAsync(met) - theirs, long.MinValue, StalledBound * 2);

        for (long total = 0; total < Total;)
        {
            var bytes = Math.Min(Step, Total - total);
            total = (await met.Js.AskAsync("slow-read", new { stream = key, bytes }, "slow-read", cancellationToken: met.Deadline)).Number("total");
            await met.AssertAliveAsync();
            Assert.InRange(writer.Written - total, 0, MaxWindow + Mega);
            AssertOursBelow(GrownBound, met, ours);
            Assert.InRange(await HeldByJsAsync(met) - theirs, long.MinValue, GrownBoundOfJs);
        }
        await writing;
        await stream.CloseWriteAsync();
        var last = await met.Js.AskAsync("slow-read", new { stream = key }, "slow-read", cancellationToken: met.Deadline);
        Assert.Equal((true, Total), (last.Flag("ended"), last.Number("total")));
        await met.Js.AskAsync("slow-close", new { stream = key }, "slow-closed", cancellationToken: met.Deadline);
        Assert.Equal(0, await stream.CountToEndAsync(met.Deadline));
    }

    [Theory]
    [InlineData(Side.Ours)]
    [InlineData(Side.Js)]
    public async Task We_read_slowly_what_js_sends(Side dialer)
    {
        await using var met = await Encounter.StartAsync(dialer);
        await met.AssertAliveAsync();
        var ours = GC.GetTotalMemory(forceFullCollection: true);
        var theirs = await HeldByJsAsync(met);

        var sent = met.Js.AskAsync(
            "send", new { peer = met.Ours.Peer, protocol = TestProtocols.SlowReader.ToString(), bytes = Total }, "sent", cancellationToken: met.Deadline);
        var slow = await met.Ours.Protocols.SlowStreamAsync(met.Deadline);

        await AssertAliveWhileStalledAsync(met, sent);
        AssertOursBelow(StalledBound, met, ours);
        Assert.InRange(await HeldByJsAsync(met) - theirs, long.MinValue, StalledBound * 2);

        while (await slow.ReadAsync(Step, met.Deadline) && slow.Total < Total)
        {
            await met.AssertAliveAsync();
            AssertOursBelow(GrownBound, met, ours);
            Assert.InRange(await HeldByJsAsync(met) - theirs, long.MinValue, GrownBoundOfJs);
        }
        Assert.False(await slow.ReadAsync(1, met.Deadline));
        Assert.Equal(Total, slow.Total);
        await sent;
    }

    static async Task AssertAliveWhileStalledAsync(Encounter met, Task stalled)
    {
        for (var i = 0; i < 5; i++)
        {
            await met.AssertAliveAsync();
            await met.Ours.Node.PingAsync(met.Connection.RemotePeer, met.Deadline);
            Assert.False(stalled.IsCompleted);
        }
    }

    static void AssertOursBelow(long bound, Encounter met, long before)
    {
        Assert.InRange(met.Ours.Node.Pool.RentedBytes, 0, bound);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, bound + (4 * Mega));
    }

    /// <summary>What js holds once its garbage is gone, for which its collector has to be asked twice; its resident size says more of that than of us.</summary>
    static async Task<long> HeldByJsAsync(Encounter met)
    {
        await met.Js.AskAsync("memory", new { gc = true }, "memory", cancellationToken: met.Deadline);
        var memory = await met.Js.AskAsync("memory", new { gc = true }, "memory", cancellationToken: met.Deadline);
        return memory.Number("heap") + memory.Number("external");
    }

    sealed class CountingWriter(PeerStream stream, long total)
    {
        long _written;

        public long Written => Volatile.Read(ref _written);

        public async Task WriteAsync(CancellationToken cancellationToken)
        {
            var block = new byte[64 * 1024];
            while (Written < total)
            {
                Assert.False((await stream.Output.WriteAsync(block, cancellationToken)).IsCompleted);
                Interlocked.Add(ref _written, block.Length);
            }
        }
    }
}
