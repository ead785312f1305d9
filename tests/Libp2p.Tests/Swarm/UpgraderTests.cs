using System.Buffers;
using System.IO.Pipelines;
using Libp2p.Muxers.Yamux;
using Libp2p.Negotiation;
using Libp2p.Security.Noise;
using Libp2p.Swarm;
using Libp2p.Testing;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Swarm;

public class UpgraderTests
{
    [Theory]
    [InlineData("")]
    [InlineData("\u0013/multistream/1.0")]
    [InlineData("\u0013/multistream/1.0.0\n\u0007/noi")]
    [InlineData("\u0013/multistream/1.0.0\n\u0007/noise\n\u0000\u0064half a message")]
    [InlineData("\u0013/multistream/1.0.0\n\u0007/wrong\n")]
    [InlineData("garbage that is nothing at all")]
    public async Task Gives_back_every_buffer_of_an_upgrade_that_fails(string sent)
    {
        using var pool = new BufferPool();
        await using var links = new LinkPair(pool);
        using var deadline = new CancellationTokenSource();
        var upgrade = Create().UpgradeAsync(links.Listener, Role.Listener, null, 0, null, deadline.Token).AsTask();
        await SendAsync(links.Dialer.Output, sent);
        await deadline.CancelAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => upgrade.WaitAsync(TestNodes.Patience));
        await links.Dialer.DisposeAsync();
        Assert.Equal(0, pool.RentedBytes);
    }

    [Fact]
    public async Task Gives_back_every_buffer_where_the_negotiation_of_the_muxer_stops_in_its_middle()
    {
        using var pool = new BufferPool();
        await using var links = new LinkPair(pool);
        using var deadline = new CancellationTokenSource();
        var upgrade = Create().UpgradeAsync(links.Listener, Role.Listener, null, 0, null, deadline.Token).AsTask();
        var proposed = new ProposedLink(links.Dialer, NoiseProtocol.ProtocolId);
        var secure = await new NoiseProtocol().SecureAsync(proposed, new HandshakeContext(Identity.Generate(), Role.Dialer, null, []), TestNodes.Patience);
        await secure.Output.WriteAsync("\u0013/multistream/1.0.0\n\u0020/yam"u8.ToArray(), TestNodes.Patience);
        // The listener's greeting shows that it waits for the rest.
        secure.Input.AdvanceTo((await secure.Input.ReadAsync(TestNodes.Patience)).Buffer.End);
        await deadline.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => upgrade.WaitAsync(TestNodes.Patience));
        await secure.Input.CompleteAsync();
        await secure.Output.CompleteAsync();
        await secure.DisposeAsync();
        Assert.Equal(0, pool.RentedBytes);
    }

    /// <summary>Sends letter by letter, to the end or until the other side has heard enough.</summary>
    static async Task SendAsync(PipeWriter output, string text)
    {
        try
        {
            foreach (var letter in text)
            {
                output.Write([(byte)letter]);
                await output.FlushAsync(TestNodes.Patience);
            }
        }
        catch (Libp2pException)
        {
            // The upgrade has failed, and with it the link.
        }
    }

    static Upgrader Create() => new(Identity.Generate(), [new NoiseProtocol()], [new YamuxMuxer()], TimeProvider.System);
}
