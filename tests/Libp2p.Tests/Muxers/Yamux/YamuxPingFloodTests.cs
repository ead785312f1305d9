using Libp2p.Muxers.Yamux;
using Libp2p.Testing;
using Libp2p.Testing.Muxers;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Muxers.Yamux;

/// <summary>Measures the memory of the process, so nothing else may run meanwhile.</summary>
[Collection(AloneCollection.Name)]
public class YamuxPingFloodTests
{
    const int MiB = 1024 * 1024;

    [Fact]
    public async Task A_million_pings_of_which_no_answer_is_read_cost_less_than_8_MiB()
    {
        // CVE-2024-32984.
        await using var raw = new RawYamux(time: new ManualTimeProvider());
        var before = GC.GetTotalMemory(forceFullCollection: true);
        long most = 0;
        for (var i = 0; i < 1000; i++)
        {
            for (var j = 0; j < 1000; j++)
                raw.Write(YamuxType.Ping, YamuxFlags.Syn, 0, (uint)j);
            await raw.Remote.Output.FlushAsync().AsTask().WaitAsync(PipeTransfer.Alive);
            most = Math.Max(most, raw.Pool.RentedBytes);
        }
        Assert.InRange(most, 0, 8 * MiB);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 8 * MiB);
        Assert.False(raw.Session.Closed.IsCompleted);
        await raw.SendAsync(YamuxType.WindowUpdate, YamuxFlags.Syn, 1, 0);
        Assert.NotNull(await raw.Session.AcceptAsync(CancellationToken.None).AsTask().WaitAsync(PipeTransfer.Alive));
    }
}
