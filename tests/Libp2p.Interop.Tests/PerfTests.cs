using Libp2p.Interop.Tests.Nodes;
using Libp2p.Protocols.Perf;

namespace Libp2p.Interop.Tests;

/// <summary>Perf in both directions: the bytes that were asked for, no more and no less.</summary>
public sealed class PerfTests(Encounters encounters) : IClassFixture<Encounters>
{
    const int Mega = 1 << 20;

    public static TheoryData<Side, long, long> Sizes()
    {
        var data = new TheoryData<Side, long, long>();
        foreach (var dialer in Enum.GetValues<Side>())
        {
            data.Add(dialer, 0, 0);
            data.Add(dialer, 1, 1);
            data.Add(dialer, 64 * Mega, 0);
            data.Add(dialer, 0, 64 * Mega);
            data.Add(dialer, (8 * Mega) + 1, (8 * Mega) - 1);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task We_measure_against_js(Side dialer, long up, long down)
    {
        await using var met = await encounters.BeginAsync(dialer);
        var result = await met.Ours.Node.Get<PerfService>().MeasureAsync(met.Connection.RemotePeer, up, down, met.Deadline);
        Assert.Equal((up, down), (result.Uploaded, result.Downloaded));
        var served = await met.Js.WaitForAsync("perf-served", cancellationToken: met.Deadline);
        Assert.Equal((up, down), (served.Number("up"), served.Number("down")));
        Assert.Equal(met.Ours.Peer, served.Text("from"));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Js_measures_against_us(Side dialer, long up, long down)
    {
        await using var met = await encounters.BeginAsync(dialer);
        // Js itself counts what it gets and fails where it is not what it asked for.
        var result = await met.Js.AskAsync("perf", new { peer = met.Ours.Peer, up, down }, "perf");
        Assert.Equal((up, down), (result.Number("up"), result.Number("down")));
    }

    [Theory]
    [InlineData(Side.Ours)]
    [InlineData(Side.Js)]
    public async Task What_js_uploads_arrives_to_the_byte(Side dialer)
    {
        await using var met = await encounters.BeginAsync(dialer);
        foreach (var bytes in (long[])[0, 1, 256 * 1024, (16 * Mega) + 7])
        {
            await met.Js.AskAsync("send", new { peer = met.Ours.Peer, protocol = TestProtocols.Discard.ToString(), bytes }, "sent");
            Assert.Equal(bytes, await met.Ours.Protocols.DiscardedAsync(met.Deadline));
        }
    }
}
