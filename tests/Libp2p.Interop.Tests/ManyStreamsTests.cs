using Libp2p.Interop.Tests.Nodes;

namespace Libp2p.Interop.Tests;

/// <summary>200 streams at once over one connection, each with content of its own that is compared.</summary>
public sealed class ManyStreamsTests
{
    const int Count = 200;
    const int Bytes = 20_011;

    [Theory]
    [InlineData(Side.Ours)]
    [InlineData(Side.Js)]
    public async Task We_open_them_all_and_only_then_write(Side dialer)
    {
        await using var met = await Encounter.StartAsync(dialer);
        var streams = await Task.WhenAll(Enumerable.Range(0, Count).Select(_ => met.OpenAsync(TestProtocols.Echo).AsTask()));
        await Task.WhenAll(streams.Select((stream, i) => stream.EchoAsync(Bytes + i, met.Deadline)));
        foreach (var stream in streams)
            await stream.DisposeAsync();
        await met.AssertAliveAsync();
    }

    [Theory]
    [InlineData(Side.Ours)]
    [InlineData(Side.Js)]
    public async Task Js_opens_them_all_and_only_then_writes(Side dialer)
    {
        await using var met = await Encounter.StartAsync(dialer);
        await AssertStreamsOfJsAsync(met);
        await met.AssertAliveAsync();
    }

    [Fact]
    public async Task Both_open_theirs_at_the_same_time()
    {
        await using var met = await Encounter.StartAsync(Side.Ours);
        await Task.WhenAll(AssertStreamsOfJsAsync(met), Task.WhenAll(Enumerable.Range(0, Count).Select(i => Task.Run(() => EchoAsync(met, Bytes + i)))));
        await met.AssertAliveAsync();
    }

    static async Task AssertStreamsOfJsAsync(Encounter met)
    {
        var result = await met.Js.AskAsync("streams", new { peer = met.Ours.Peer, count = Count, bytes = Bytes, chunk = 7_001 }, "streams");
        Assert.True(result.Number("opened") == Count && result.Number("ok") == Count, result.ToString());
    }

    static async Task EchoAsync(Encounter met, int bytes)
    {
        await using var stream = await met.OpenAsync(TestProtocols.Echo);
        await stream.EchoAsync(bytes, met.Deadline);
    }
}
