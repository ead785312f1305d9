using System.Buffers;
using Google.Protobuf;
using Libp2p.Protocols.Identify;
using Libp2p.Protocols.Identify.Wire;
using Libp2p.Protocols.Ping;
using Libp2p.Testing;
using Libp2p.Tests.Support;
using Libp2p.Tests.Swarm;

namespace Libp2p.Tests.Protocols.Identify;

public class IdentifyServiceTests
{
    [Fact]
    public async Task Two_nodes_identify_each_other_on_connecting()
    {
        await using var nodes = new TestNodes();
        var dialer = await nodes.StartAsync(new IdentifyService(new IdentifyOptions { AgentVersion = "dialer/1" }), new PingService());
        var listener = await nodes.StartAsync(new IdentifyService());
        var (atDialer, atListener) = (dialer.WatchAsync(), listener.WatchAsync());

        var connection = await dialer.DialAsync(listener);
        var ofListener = await atDialer.FirstAsync<PeerIdentified>();
        var ofDialer = await atListener.FirstAsync<PeerIdentified>();

        Assert.Equal(listener.Identity.PeerId, ofListener.Peer);
        Assert.Equal(connection.Id, ofListener.Connection.Id);
        Assert.Equal(connection.LocalAddress, ofListener.ObservedAddress);
        Assert.Equal("tincan/0.1.0", ofListener.Info.AgentVersion);
        Assert.Equal("ipfs/0.1.0", ofListener.Info.ProtocolVersion);
        Assert.Equal([IdentifyService.Protocol, IdentifyService.PushProtocol], ofListener.Info.Protocols);
        Assert.Equal(listener.ListenAddresses, ofListener.Info.Addresses);
        Assert.Equal(listener.Identity.PublicKey, ofListener.Info.PublicKey);
        Assert.True(PeerRecord.TryOpen(ofListener.Info.SignedRecord!.Value.Span, out var record, out var error), error);
        Assert.Equal(listener.ListenAddresses, record.Addresses);

        Assert.Equal(dialer.Identity.PeerId, ofDialer.Peer);
        Assert.Equal("dialer/1", ofDialer.Info.AgentVersion);
        Assert.Contains(PingService.Protocol, ofDialer.Info.Protocols);
        Assert.Equal(dialer.ListenAddresses, ofDialer.Info.Addresses);
        Assert.Equal(listener.ListenAddresses[0], ofDialer.ObservedAddress);
    }

    [Fact]
    public async Task Can_be_asked_for()
    {
        await using var nodes = new TestNodes();
        var (dialer, listener) = (await nodes.StartAsync(new IdentifyService()), await nodes.StartAsync(new IdentifyService()));
        var connection = await dialer.DialAsync(listener);

        var result = await dialer.Get<IdentifyService>().IdentifyAsync(listener.Identity.PeerId, TestNodes.Patience);

        Assert.Equal(connection.Id, result.Connection.Id);
        Assert.Equal(listener.ListenAddresses, result.ListenAddresses);
        Assert.Equal(connection.LocalAddress, result.ObservedAddress);
        Assert.Equal(listener.Identity.PeerId, result.Info.Peer);
    }

    [Fact]
    public async Task What_a_node_begins_and_ceases_to_serve_is_pushed()
    {
        await using var nodes = new TestNodes();
        var (dialer, listener) = (await nodes.StartAsync(new IdentifyService()), await nodes.StartAsync(new IdentifyService()));
        var (atDialer, atListener) = (dialer.WatchAsync(), listener.WatchAsync());
        await dialer.DialAsync(listener);
        await atDialer.FirstAsync<PeerIdentified>();
        await atListener.FirstAsync<PeerIdentified>();

        var pushed = listener.WatchAsync();
        var registration = dialer.Handle("/new/1", (_, _) => Task.CompletedTask);
        await pushed.FirstAsync<PeerIdentified>(e => e.Info.Protocols.Contains("/new/1"));

        pushed = listener.WatchAsync();
        registration.Dispose();
        var info = (await pushed.FirstAsync<PeerIdentified>(e => !e.Info.Protocols.Contains("/new/1"))).Info;
        Assert.Equal([IdentifyService.Protocol, IdentifyService.PushProtocol], info.Protocols);
    }

    [Fact]
    public async Task A_new_address_is_pushed()
    {
        await using var nodes = new TestNodes();
        var (dialer, listener) = (await nodes.StartAsync(new IdentifyService()), await nodes.StartAsync(new IdentifyService()));
        var (atDialer, atListener) = (dialer.WatchAsync(), listener.WatchAsync());
        await dialer.DialAsync(listener);
        await atDialer.FirstAsync<PeerIdentified>();
        var before = (await atListener.FirstAsync<PeerIdentified>()).Info;

        var pushed = listener.WatchAsync();
        dialer.ConfirmAddress(Peers.Public(1));
        var info = (await pushed.FirstAsync<PeerIdentified>(e => e.Info.Addresses.Contains(Peers.Public(1)))).Info;

        Assert.NotEqual(before.SignedRecord!.Value.ToArray(), info.SignedRecord!.Value.ToArray());
    }

    [Fact]
    public async Task What_is_missing_in_a_push_is_unchanged()
    {
        await using var nodes = new TestNodes();
        var (dialer, listener) = (await nodes.StartAsync(), await nodes.StartAsync(new IdentifyService()));
        Serve(dialer, Frame(new IdentifyMessage { AgentVersion = Text("a"), ProtocolVersion = Text("v"), Protocols = { Text("/a") }, ListenAddrs = { Bytes(Local(1)) } }));
        var events = listener.WatchAsync();
        await dialer.DialAsync(listener);
        await events.FirstAsync<PeerIdentified>();

        var info = await PushAsync(dialer, listener, new IdentifyMessage { AgentVersion = Text("b") });
        Assert.Equal(("b", "v"), (info.AgentVersion, info.ProtocolVersion));
        Assert.Equal(["/a"], info.Protocols);
        Assert.Equal([Local(1)], info.Addresses);

        info = await PushAsync(dialer, listener, new IdentifyMessage { Protocols = { Text("/b") }, ListenAddrs = { Bytes(Local(2)) } });
        Assert.Equal(("b", "v"), (info.AgentVersion, info.ProtocolVersion));
        Assert.Equal(["/b"], info.Protocols);
        Assert.Equal([Local(2), Local(1)], info.Addresses);
    }

    [Fact]
    public async Task What_is_missing_in_an_answer_is_nothing()
    {
        await using var nodes = new TestNodes();
        var (dialer, listener) = (await nodes.StartAsync(), await nodes.StartAsync(new IdentifyService()));
        var served = Serve(dialer, Frame(new IdentifyMessage { Protocols = { Text("/a") } }));
        var events = listener.WatchAsync();
        await dialer.DialAsync(listener);
        Assert.Equal(["/a"], (await events.FirstAsync<PeerIdentified>()).Info.Protocols);

        served.Dispose();
        Serve(dialer, Frame(new IdentifyMessage()));
        Assert.Empty((await AskAsync(listener, dialer)).Info.Protocols);
    }

    [Fact]
    public async Task Pushes_beyond_the_rate_are_refused()
    {
        await using var nodes = new TestNodes();
        var time = new ManualTimeProvider();
        var (dialer, listener) = (await nodes.StartAsync(), await nodes.StartAsync(new IdentifyService(null, time)));
        await dialer.DialAsync(listener);
        for (var i = 0; i < 10; i++)
            await PushAsync(dialer, listener, new IdentifyMessage { AgentVersion = Text($"{i}") });

        await Assert.ThrowsAnyAsync<Libp2pException>(() => SendPushAsync(dialer, listener, new IdentifyMessage { AgentVersion = Text("too many") }));
        Assert.Equal("9", (await listener.PeerStore.GetAsync(dialer.Identity.PeerId))!.AgentVersion);
        time.Advance(TimeSpan.FromSeconds(5.1));
        Assert.Equal("later", (await PushAsync(dialer, listener, new IdentifyMessage { AgentVersion = Text("later") })).AgentVersion);
    }

    [Fact]
    public async Task Parts_are_merged()
    {
        await using var nodes = new TestNodes();
        var (dialer, listener) = (await nodes.StartAsync(new IdentifyService()), await nodes.StartAsync());
        var parts = Enumerable.Range(0, 10).Select(i => Frame(new IdentifyMessage { Protocols = { Text($"/{i}") }, AgentVersion = Text($"{i}") })).ToArray();
        Serve(listener, parts);
        await dialer.DialAsync(listener);

        var result = await AskAsync(dialer, listener);

        Assert.Equal(Enumerable.Range(0, 10).Select(i => new ProtocolId($"/{i}")), result.Info.Protocols);
        Assert.Equal("9", result.Info.AgentVersion);
    }

    public static TheoryData<string, string> Broken => new()
    {
        { "nothing", "without a message" },
        { "eleven parts", "more than 10 parts" },
        { "a part that is too long", "more than 8192 bytes" },
        { "a giant length", "more than 8192 bytes" },
        { "a length that is no varint", "no varint" },
        { "half a part", "ended within" },
        { "no protobuf", "no protobuf" },
        { "nested groups", "no protobuf" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task A_broken_answer_is_refused_and_the_connection_stays(string kind, string cause)
    {
        await using var nodes = new TestNodes();
        var (dialer, listener) = (await nodes.StartAsync(new IdentifyService(), new PingService()), await nodes.StartAsync(new PingService()));
        byte[][] answer = kind switch
        {
            "nothing" => [],
            "eleven parts" => [.. Enumerable.Repeat(Frame(new IdentifyMessage()), 11)],
            "a part that is too long" => [Frame(new byte[8193])],
            "a giant length" => [Convert.FromHexString("ffffffffffffffff7f")],
            "a length that is no varint" => [Convert.FromHexString("ffffffffffffffffffff")],
            "half a part" => [[10, 1, 2]],
            "no protobuf" => [Frame([0xff, 0xff])],
            _ => [Frame([.. Enumerable.Repeat((byte)0x7b, 8192)])],
        };
        Serve(listener, answer);
        await dialer.DialAsync(listener);

        var failure = await Assert.ThrowsAsync<Libp2pException>(() => AskAsync(dialer, listener));

        Assert.Equal(Libp2pError.ProtocolViolation, failure.Error);
        Assert.Contains(cause, failure.Message);
        await dialer.Get<PingService>().PingAsync(listener.Identity.PeerId, TestNodes.Patience);
    }

    [Fact]
    public async Task A_silent_peer_is_given_up_after_five_seconds_for_each_part()
    {
        await using var nodes = new TestNodes();
        var time = new ManualTimeProvider();
        var (dialer, listener) = (await nodes.StartAsync(new IdentifyService(null, time)), await nodes.StartAsync());
        var asked = new SemaphoreSlim(0);
        await dialer.DialAsync(listener);
        listener.Handle(IdentifyService.Protocol, async (stream, cancellationToken) =>
        {
            await stream.Output.WriteAsync(Frame(new IdentifyMessage()), cancellationToken);
            asked.Release();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        });

        var asking = AskAsync(dialer, listener);
        await asked.WaitAsync(TestNodes.Patience);
        while (!asking.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }

        Assert.Equal(Libp2pError.Timeout, (await Assert.ThrowsAsync<Libp2pException>(() => asking)).Error);
    }

    [Fact]
    public async Task A_peer_that_does_not_speak_identify_is_named_as_such()
    {
        await using var nodes = new TestNodes();
        var (dialer, listener) = (await nodes.StartAsync(new IdentifyService()), await nodes.StartAsync());
        await dialer.DialAsync(listener);
        Assert.Equal(Libp2pError.NegotiationFailed, (await Assert.ThrowsAsync<Libp2pException>(() => AskAsync(dialer, listener))).Error);
    }

    [Fact]
    public async Task Another_key_than_the_proven_one_is_ignored()
    {
        await using var nodes = new TestNodes();
        var (dialer, listener) = (await nodes.StartAsync(new IdentifyService()), await nodes.StartAsync());
        using var other = Identity.Generate();
        Serve(listener, Frame(new IdentifyMessage { PublicKey = ByteString.CopyFrom(other.PublicKey.ToProtobuf()), AgentVersion = Text("a") }));
        await dialer.DialAsync(listener);

        var info = (await AskAsync(dialer, listener)).Info;

        Assert.Equal(listener.Identity.PublicKey, info.PublicKey);
        Assert.Equal("a", info.AgentVersion);
        Assert.Null(await dialer.PeerStore.GetAsync(other.PeerId));
    }

    [Theory]
    [InlineData("another peer's")]
    [InlineData("of an older domain")]
    [InlineData("with a broken signature")]
    [InlineData("about another peer, signed by this one")]
    [InlineData("garbage")]
    public async Task A_record_that_does_not_hold_is_ignored_and_the_rest_is_taken(string kind)
    {
        await using var nodes = new TestNodes();
        var (dialer, listener) = (await nodes.StartAsync(new IdentifyService()), await nodes.StartAsync());
        using var other = Identity.Generate();
        var self = listener.Identity;
        var own = new PeerRecord(self.PeerId, 1, [Local(9)]);
        var foreign = new PeerRecord(other.PeerId, 1, [Local(9)]);
        var envelope = kind switch
        {
            "another peer's" => foreign.Seal(other).Encode(),
            "of an older domain" => SignedEnvelope.Seal(self, "libp2p-routing-state", PeerRecord.PayloadType, own.Encoded.Span).Encode(),
            "with a broken signature" => Damage(own.Seal(self).Encode()),
            "about another peer, signed by this one" => SignedEnvelope.Seal(self, PeerRecord.Domain, PeerRecord.PayloadType, foreign.Encoded.Span).Encode(),
            _ => [1, 2, 3],
        };
        Serve(listener, Frame(new IdentifyMessage { SignedPeerRecord = ByteString.CopyFrom(envelope), AgentVersion = Text("a") }));
        await dialer.DialAsync(listener);

        var info = (await AskAsync(dialer, listener)).Info;

        Assert.Equal("a", info.AgentVersion);
        Assert.Null(info.SignedRecord);
        Assert.DoesNotContain(Local(9), info.Addresses);
        Assert.Null(await dialer.PeerStore.GetAsync(other.PeerId));
    }

    [Fact]
    public async Task An_older_record_does_not_replace_a_newer_one()
    {
        await using var nodes = new TestNodes();
        var (dialer, listener) = (await nodes.StartAsync(), await nodes.StartAsync(new IdentifyService()));
        await dialer.DialAsync(listener);
        var (newer, older) = (new PeerRecord(dialer.Identity.PeerId, 2, [Local(2)]).Seal(dialer.Identity).Encode(), new PeerRecord(dialer.Identity.PeerId, 1, [Local(1)]).Seal(dialer.Identity).Encode());

        await PushAsync(dialer, listener, new IdentifyMessage { SignedPeerRecord = ByteString.CopyFrom(newer) });
        var info = await PushAsync(dialer, listener, new IdentifyMessage { SignedPeerRecord = ByteString.CopyFrom(older) });

        Assert.Equal(newer, info.SignedRecord!.Value.ToArray());
        Assert.Equal([Local(2)], info.Addresses);
    }

    [Fact]
    public async Task Addresses_that_lead_elsewhere_are_told_and_not_remembered()
    {
        await using var nodes = new TestNodes();
        var (dialer, listener) = (await nodes.StartAsync(new IdentifyService()), await nodes.StartAsync());
        Multiaddress[] kept = [Peers.Public(1), Multiaddress.Parse("/ip4/192.168.1.1/tcp/1"), Local(1), Multiaddress.Parse("/dns4/example.org/tcp/1")];
        Multiaddress[] dropped = [Multiaddress.Parse("/memory/7"), Multiaddress.Parse("/ip4/0.0.0.0/tcp/1"), Multiaddress.Parse("/ip4/224.0.0.1/tcp/1")];
        Serve(listener, Frame(new IdentifyMessage { ListenAddrs = { kept.Concat(dropped).Append(Peers.Public(5).WithPeerId(Peers.Id(5))).Select(Bytes) } }));
        await dialer.DialAsync(listener);

        var result = await AskAsync(dialer, listener);

        Assert.Equal([.. kept, .. dropped], result.ListenAddresses);
        Assert.Equal([.. listener.ListenAddresses, .. kept], result.Info.Addresses);
    }

    [Fact]
    public async Task A_flood_of_addresses_is_cut_and_text_is_kept_raw()
    {
        await using var nodes = new TestNodes();
        var (dialer, listener) = (await nodes.StartAsync(new IdentifyService()), await nodes.StartAsync());
        var parts = Enumerable.Range(0, 10).Select(i => Frame(new IdentifyMessage { ListenAddrs = { Peers.PublicMany(800, first: 1 + (i * 800)).Select(Bytes) } })).ToArray();
        Serve(listener, [.. parts[..9], Frame(new IdentifyMessage { AgentVersion = Text("\u001b]0;\a") })]);
        await dialer.DialAsync(listener);

        var result = await AskAsync(dialer, listener);

        Assert.Equal(Peers.PublicMany(500), result.ListenAddresses);
        Assert.InRange(result.Info.Addresses.Count, 1, 500);
        Assert.Equal("\u001b]0;\a", result.Info.AgentVersion);
        Assert.Equal("\\u{1b}]0;\\u{7}", PrintableText.Escape(result.Info.AgentVersion!));
    }

    [Fact]
    public async Task What_is_served_is_one_message_with_the_observed_address_in_it()
    {
        await using var nodes = new TestNodes();
        var (dialer, listener) = (await nodes.StartAsync(), await nodes.StartAsync(new IdentifyService()));
        var connection = await dialer.DialAsync(listener);
        await using var stream = await dialer.OpenStreamAsync(listener.Identity.PeerId, IdentifyService.Protocol, TestNodes.Patience);

        var message = await LengthPrefixed.ReadAsync(stream.Input, 4096, TestNodes.Patience);

        Assert.Null(await LengthPrefixed.ReadAsync(stream.Input, 4096, TestNodes.Patience));
        Assert.Equal(connection.LocalAddress.Bytes.ToArray(), IdentifyMessage.Parser.ParseFrom(message).ObservedAddr.ToByteArray());
        Assert.Equal(listener.Identity.PublicKey.ToProtobuf(), IdentifyMessage.Parser.ParseFrom(message).PublicKey.ToByteArray());
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused()
    {
        Assert.ThrowsAny<ArgumentException>(() => new IdentifyService(new IdentifyOptions { AgentVersion = new string('x', 129) }));
        Assert.ThrowsAny<ArgumentException>(() => new IdentifyService(new IdentifyOptions { ProtocolVersion = null! }));
        Assert.ThrowsAny<ArgumentException>(() => new IdentifyService(new IdentifyOptions { MaxParts = 0 }));
        Assert.ThrowsAny<ArgumentException>(() => new IdentifyService(new IdentifyOptions { MaxSentLength = 100 }));
        Assert.ThrowsAny<ArgumentException>(() => new IdentifyService(new IdentifyOptions { ReadTimeout = TimeSpan.Zero }));
        Assert.ThrowsAny<ArgumentException>(() => new IdentifyService(new IdentifyOptions { MinObservers = 0 }));
    }

    static byte[] Damage(byte[] envelope)
    {
        envelope[^1] ^= 1;
        return envelope;
    }

    static ByteString Text(string text) => IdentifyCodecTests.Text(text);

    static ByteString Bytes(Multiaddress address) => IdentifyCodecTests.Bytes(address);

    static Multiaddress Local(int port) => Multiaddress.Parse($"/ip4/127.0.0.1/tcp/{port}");

    static byte[] Frame(IdentifyMessage message) => Frame(message.ToByteArray());

    static byte[] Frame(byte[] message)
    {
        var framed = new ArrayBufferWriter<byte>();
        LengthPrefixed.Write(framed, message);
        return framed.WrittenSpan.ToArray();
    }

    static IDisposable Serve(Libp2pNode node, params byte[][] parts) => node.Handle(IdentifyService.Protocol, async (stream, cancellationToken) =>
    {
        foreach (var part in parts)
            await stream.Output.WriteAsync(part, cancellationToken);
    });

    static Task<IdentifyResult> AskAsync(Libp2pNode node, Libp2pNode other) =>
        node.Get<IdentifyService>().IdentifyAsync(other.Identity.PeerId, TestNodes.Patience).AsTask();

    static async Task<PeerInfo> PushAsync(Libp2pNode from, Libp2pNode to, IdentifyMessage message)
    {
        var events = to.WatchAsync();
        await SendPushAsync(from, to, message);
        return (await events.FirstAsync<PeerIdentified>(e => e.ObservedAddress is null)).Info;
    }

    static async Task SendPushAsync(Libp2pNode from, Libp2pNode to, IdentifyMessage message)
    {
        await using var stream = await from.OpenStreamAsync(to.Identity.PeerId, IdentifyService.PushProtocol, TestNodes.Patience);
        await stream.Output.WriteAsync(Frame(message), TestNodes.Patience);
        await stream.CloseWriteAsync();
        while (!(await stream.Input.ReadAsync(TestNodes.Patience)).IsCompleted)
        {
        }
    }
}
