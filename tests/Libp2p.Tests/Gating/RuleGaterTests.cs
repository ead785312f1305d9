using System.Net;
using System.Net.Sockets;
using Libp2p.Gating;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Gating;

/// <summary>The three questions of a gater, asked by whole nodes over TCP.</summary>
public sealed class RuleGaterTests : IAsyncDisposable
{
    static readonly GateTarget Loopback = GateTarget.Of(IPNetwork.Parse("127.0.0.0/8"));

    readonly List<Libp2pNode> _nodes = [];

    [Fact]
    public async Task What_may_not_be_dialled_is_not_tried()
    {
        var gater = new RuleGater(GateRules.Empty.Deny(Loopback));
        var (a, b) = (await StartAsync(gater), await StartAsync());
        var failure = await Assert.ThrowsAsync<DialException>(async () => await a.DialAsync(b));
        Assert.Equal((DialStage.NotTried, Libp2pError.Refused), (failure.Attempts[0].Stage, failure.Attempts[0].Error));

        gater.Allow(GateTarget.Of(b.Identity.PeerId));
        await a.DialAsync(b);
    }

    [Fact]
    public async Task A_link_from_where_nobody_may_come_ends_before_a_byte_is_answered()
    {
        var gater = new RuleGater(GateRules.Empty.Deny(Loopback));
        var node = await StartAsync(gater);
        Assert.True(node.ListenAddresses[0].TryGetEndPoint(out var endPoint));
        Assert.Equal(0, await KnockAsync(endPoint));

        // Where a peer is allowed by name, only the handshake can tell whether this is it.
        gater.Allow(GateTarget.Of(Identity.Generate().PeerId));
        Assert.NotEqual(0, await KnockAsync(endPoint));
    }

    [Fact]
    public async Task A_peer_that_may_not_connect_is_refused_once_it_is_known()
    {
        var gater = new RuleGater();
        var (a, b, c) = (await StartAsync(gater), await StartAsync(), await StartAsync());
        gater.Deny(GateTarget.Of(b.Identity.PeerId));
        var events = b.WatchAsync();
        await b.DialAsync(a);
        await events.FirstAsync<ConnectionEnded>();
        await c.DialBothAsync(a);
        Assert.Equal([c.Identity.PeerId], a.Peers);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_change_ends_the_open_connections_that_it_denies_where_that_is_wanted(bool endsOpenConnections)
    {
        var gater = new RuleGater(null, endsOpenConnections);
        var (a, b, c) = (await StartAsync(gater), await StartAsync(), await StartAsync());
        await b.DialBothAsync(a);
        await a.DialAsync(c);
        var events = a.WatchAsync();
        gater.Deny(GateTarget.Of(b.Identity.PeerId));
        if (!endsOpenConnections)
        {
            Assert.Equal(2, a.Peers.Count);
            return;
        }
        var ended = await events.FirstAsync<PeerDisconnected>();
        Assert.Equal(b.Identity.PeerId, ended.Peer);
        Assert.Equal("refused: the gater denies this peer now", ended.Reason.ToString());
        Assert.Equal([c.Identity.PeerId], a.Peers);
    }

    [Fact]
    public async Task Changes_at_the_same_time_are_all_kept()
    {
        var gater = new RuleGater();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() =>
        {
            for (var j = 0; j < 100; j++)
                gater.Deny(GateTarget.Of(new IPAddress([10, 0, (byte)i, (byte)j])));
        })));
        Assert.Equal(800, gater.Rules.Denied.Count());
    }

    [Fact]
    public async Task A_node_that_has_ended_hears_no_more_of_its_gater()
    {
        var gater = new RecordingGater();
        var node = await StartAsync(gater);
        Assert.Equal(1, gater.Listeners);
        await node.DisposeAsync();
        Assert.Equal(0, gater.Listeners);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
    }

    /// <summary>How many bytes come back to whoever connects and begins to negotiate.</summary>
    static async Task<int> KnockAsync(IPEndPoint endPoint)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(endPoint, TestNodes.Patience);
        try
        {
            await client.GetStream().WriteAsync("\u0013/multistream/1.0.0\n"u8.ToArray(), TestNodes.Patience);
            return await client.GetStream().ReadAsync(new byte[64], TestNodes.Patience);
        }
        catch (IOException)
        {
            // A link that is aborted may end in a reset.
            return 0;
        }
    }

    async Task<Libp2pNode> StartAsync(IConnectionGater? gater = null)
    {
        var builder = Libp2pNode.CreateBuilder().UseTcp().UseNoise().UseYamux().Listen("/ip4/127.0.0.1/tcp/0");
        var node = await (gater is null ? builder : builder.UseGater(gater)).StartAsync();
        _nodes.Add(node);
        return node;
    }

    sealed class RecordingGater : IConnectionGater
    {
        public int Listeners { get; private set; }

        public event Action? Changed
        {
            add => Listeners++;
            remove => Listeners--;
        }
    }
}
