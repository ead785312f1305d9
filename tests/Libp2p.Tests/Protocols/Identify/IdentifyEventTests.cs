using System.Buffers;
using Google.Protobuf;
using Libp2p.Protocols.Identify;
using Libp2p.Protocols.Identify.Wire;
using Libp2p.Testing;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Protocols.Identify;

/// <summary>What identify does with events, against a node without a network: there, peers have public addresses.</summary>
public class IdentifyEventTests
{
    static readonly Multiaddress Outer = Multiaddress.Parse("/ip4/8.8.8.8/tcp/4001");

    readonly ManualTimeProvider _time = new();
    readonly FakeNode _node;

    public IdentifyEventTests() => _node = new FakeNode(_time);

    [Fact]
    public async Task An_address_that_four_peers_see_is_confirmed_and_half_an_hour_after_they_have_gone_retracted()
    {
        await using var service = await StartAsync();
        var connections = Enumerable.Range(1, 4).Select(i => Connect(i, Outer)).ToArray();
        foreach (var connection in connections[..3])
            await OpenAsync(connection);
        Assert.Empty(_node.Confirmed);
        await OpenAsync(connections[3]);
        Assert.Equal([Outer], _node.Confirmed.Keys);

        foreach (var connection in connections)
            End(connection);
        await EventuallyAsync(() => _node.Confirmed.IsEmpty, () => _time.Advance(TimeSpan.FromMinutes(1)));
        Assert.True(_time.Elapsed >= TimeSpan.FromMinutes(30));
    }

    [Fact]
    public async Task What_was_missed_is_found_by_looking()
    {
        await using var service = await StartAsync();
        var missed = Connect(1, Outer);
        _node.Happen(new EventsMissed(5));
        await EventuallyAsync(() => _node.Published.OfType<PeerIdentified>().Any(e => e.Connection.Id == missed.Id));
        Assert.Equal("agent", (await _node.PeerStore.GetAsync(missed.RemotePeer))!.AgentVersion);
    }

    [Fact]
    public async Task Ends_that_were_missed_are_found_by_looking()
    {
        await using var service = await StartAsync();
        var connections = Enumerable.Range(1, 4).Select(i => Connect(i, Outer)).ToArray();
        foreach (var connection in connections)
            await OpenAsync(connection);
        Assert.Single(_node.Confirmed);

        _node.Open.Clear();
        _node.Happen(new EventsMissed(4));
        await EventuallyAsync(() => _node.Confirmed.IsEmpty, () => _time.Advance(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task A_connection_that_has_ended_before_it_was_asked_does_no_harm()
    {
        await using var service = await StartAsync();
        var gone = Connect(1, Outer);
        _node.Open.Clear();
        _node.Happen(new ConnectionOpened(gone));
        await OpenAsync(Connect(2, Outer));
        Assert.DoesNotContain(_node.Published.OfType<PeerIdentified>(), e => e.Connection.Id == gone.Id);
    }

    [Fact]
    public async Task Private_addresses_of_a_peer_on_the_internet_are_not_remembered()
    {
        await using var service = await StartAsync();
        var connection = Connect(1, Outer);
        await OpenAsync(connection);
        Assert.Equal([Multiaddress.Parse("/ip4/9.9.9.9/tcp/1")], (await _node.PeerStore.GetAsync(connection.RemotePeer))!.Addresses);
    }

    async Task<IdentifyService> StartAsync()
    {
        var service = new IdentifyService(null, _time);
        await service.StartAsync(_node, TestContext.Current.CancellationToken);
        return service;
    }

    ConnectionInfo Connect(int number, Multiaddress observed)
    {
        var peer = Identity.Generate();
        var message = new IdentifyMessage
        {
            AgentVersion = ByteString.CopyFromUtf8("agent"),
            ObservedAddr = IdentifyCodecTests.Bytes(observed),
            ListenAddrs = { new[] { "/ip4/9.9.9.9/tcp/1", "/ip4/192.168.1.1/tcp/1", "/ip4/127.0.0.1/tcp/1" }.Select(a => IdentifyCodecTests.Bytes(Multiaddress.Parse(a))) },
        };
        var framed = new ArrayBufferWriter<byte>();
        LengthPrefixed.Write(framed, message.ToByteArray());
        var connection = new ConnectionInfo
        {
            Id = number,
            RemotePeer = peer.PeerId,
            RemoteKey = peer.PublicKey,
            Role = Role.Dialer,
            LocalAddress = Multiaddress.Parse("/ip4/192.168.1.2/tcp/4001"),
            RemoteAddress = Multiaddress.Parse($"/ip4/9.9.9.{number}/tcp/1"),
            Security = "/noise",
            Muxer = "/yamux/1.0.0",
            OpenedAt = _time.GetUtcNow(),
            HandshakeTime = TimeSpan.Zero,
        };
        _node.Open[number] = (connection, framed.WrittenSpan.ToArray());
        return connection;
    }

    async Task OpenAsync(ConnectionInfo connection)
    {
        _node.Happen(new ConnectionOpened(connection));
        await EventuallyAsync(() => _node.Published.OfType<PeerIdentified>().Any(e => e.Connection.Id == connection.Id));
    }

    void End(ConnectionInfo connection)
    {
        _node.Open.TryRemove(connection.Id, out _);
        _node.Happen(new ConnectionEnded(connection, CloseReason.RemoteClose));
    }

    static async Task EventuallyAsync(Func<bool> condition, Action? meanwhile = null)
    {
        var patience = TestNodes.Patience;
        while (!condition())
        {
            patience.ThrowIfCancellationRequested();
            meanwhile?.Invoke();
            await Task.Yield();
        }
    }
}
