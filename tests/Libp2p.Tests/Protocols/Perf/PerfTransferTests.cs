using Libp2p.Protocols.Perf;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Protocols.Perf;

[Collection(AloneCollection.Name)]
public class PerfTransferTests
{
    [Theory]
    [InlineData(128, 0)]
    [InlineData(0, 128)]
    public async Task Throughput_costs_no_garbage(int uploadMiB, int downloadMiB)
    {
        await using var nodes = new TestNodes();
        var (client, server) = (await nodes.StartAsync(new PerfService()), await nodes.StartAsync(new PerfService(new PerfOptions { Serve = true })));
        await client.DialAsync(server);
        var perf = client.Get<PerfService>();
        await perf.MeasureAsync(server.Identity.PeerId, 16L << 20, 16L << 20, TestNodes.Patience);

        var before = GC.GetTotalAllocatedBytes(precise: true);
        var result = await perf.MeasureAsync(server.Identity.PeerId, (long)uploadMiB << 20, (long)downloadMiB << 20, TestNodes.Patience);
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;

        // Both sides of the whole stack are in this process; each has a budget of 4 KB a MB.
        TestContext.Current.TestOutputHelper?.WriteLine($"{allocated / (uploadMiB + downloadMiB)} bytes a MiB; {(result.UploadRate + result.DownloadRate) / 1e6:0} MB/s");
        Assert.InRange(allocated, 0, 2L * 4096 * (uploadMiB + downloadMiB));
    }
}
