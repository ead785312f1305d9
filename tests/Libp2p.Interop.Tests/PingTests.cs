using Libp2p.Interop.Tests.Nodes;
using Libp2p.Protocols.Ping;

namespace Libp2p.Interop.Tests;

/// <summary>Ping in both directions over connections dialled from both sides.</summary>
public sealed class PingTests(Encounters encounters) : IClassFixture<Encounters>
{
    const int Count = 20;

    [Theory]
    [InlineData(Side.Ours)]
    [InlineData(Side.Js)]
    public async Task We_ping_js_on_a_stream_each(Side dialer)
    {
        await using var met = await encounters.BeginAsync(dialer);
        for (var i = 0; i < Count; i++)
            Assert.True(await met.Ours.Node.PingAsync(met.Connection.RemotePeer, met.Deadline) > TimeSpan.Zero);
    }

    [Theory]
    [InlineData(Side.Ours)]
    [InlineData(Side.Js)]
    public async Task We_ping_js_again_and_again_on_one_stream(Side dialer)
    {
        await using var met = await encounters.BeginAsync(dialer);
        await foreach (var ping in met.Ours.Node.Get<PingService>().PingsAsync(met.Connection.RemotePeer, TimeSpan.Zero, met.Deadline))
        {
            Assert.Equal(met.Connection.Id, ping.Connection.Id);
            if (ping.Number == Count)
                break;
        }
        await met.AssertAliveAsync();
    }

    [Theory]
    [InlineData(Side.Ours)]
    [InlineData(Side.Js)]
    public async Task Js_pings_us(Side dialer)
    {
        await using var met = await encounters.BeginAsync(dialer);
        var id = await met.Js.SendAsync("ping", new { peer = met.Ours.Peer, count = Count }, met.Deadline);
        for (var i = 0; i < Count; i++)
            Assert.Equal(met.Ours.Peer, (await met.Js.WaitForAsync("ping", e => e.Id == id, cancellationToken: met.Deadline)).Text("peer"));
    }
}
