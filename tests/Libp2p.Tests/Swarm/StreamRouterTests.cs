using System.Buffers;
using Libp2p.Testing;
using Libp2p.Transports.Memory;

namespace Libp2p.Tests.Swarm;

public sealed class StreamRouterTests
{
    private static readonly ProtocolId Echo = "/echo/1.0.0";

    [Fact]
    public async Task Who_opens_more_streams_at_once_than_may_negotiate_is_served_in_turn()
    {
        var network = new MemoryNetwork();
        await using var listener = await Builder(network).Listen("/memory/0").Configure(o => o.Limits.MaxNegotiating = 2).StartAsync();
        using var served = listener.Handle(Echo, EchoAsync);
        await using var dialer = await Builder(network).StartAsync();
        var peer = (await dialer.ConnectAsync(listener.Addresses[0])).RemotePeer;

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => AskAsync(dialer, peer, TestRandom.Bytes(i + 1))));

        Assert.DoesNotContain(false, answers);
    }

    private static NodeBuilder Builder(MemoryNetwork network) => Libp2pNode.CreateBuilder().UseMemory(network).UseNoise().UseYamux();

    private static async Task<bool> AskAsync(Libp2pNode node, PeerId peer, byte[] bytes)
    {
        await using var stream = await node.OpenStreamAsync(peer, Echo);
        await stream.Output.WriteAsync(bytes);
        await stream.CloseWriteAsync();
        var read = await stream.Input.ReadAtLeastAsync(bytes.Length + 1);
        var isSame = read.Buffer.ToArray().AsSpan().SequenceEqual(bytes);
        stream.Input.AdvanceTo(read.Buffer.End);
        return isSame;
    }

    private static Task EchoAsync(PeerStream stream, CancellationToken cancellationToken) => stream.Input.CopyToAsync(stream.Output, cancellationToken);
}
