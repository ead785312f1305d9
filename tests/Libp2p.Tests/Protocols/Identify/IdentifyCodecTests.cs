using Libp2p.Testing;
using Google.Protobuf;
using Libp2p.Protocols.Identify;
using Libp2p.Protocols.Identify.Wire;
using Libp2p.Tests.Support;
using Libp2p.Tests.Swarm;

namespace Libp2p.Tests.Protocols.Identify;

public class IdentifyCodecTests
{
    static readonly PeerId Peer = Peers.Id(1);
    static readonly IdentifyOptions Options = new();

    [Fact]
    public void Field_numbers_are_those_of_the_specification()
    {
        // publicKey 1, listenAddrs 2, protocols 3, observedAddr 4, protocolVersion 5, agentVersion 6, signedPeerRecord 8.
        var claims = Read(Convert.FromHexString("0a0101" + "120804" + "7f000001060050" + "1a022f61" + "2208047f000001060051" + "2a0176" + "320161" + "420163"));

        Assert.Equal([1], claims.PublicKey!.Value.ToArray());
        Assert.Equal([Multiaddress.Parse("/ip4/127.0.0.1/tcp/80")], claims.ListenAddresses);
        Assert.Equal(["/a"], claims.Protocols);
        Assert.Equal(Multiaddress.Parse("/ip4/127.0.0.1/tcp/81"), claims.ObservedAddress);
        Assert.Equal("v", claims.ProtocolVersion);
        Assert.Equal("a", claims.AgentVersion);
        Assert.Equal("c"u8.ToArray(), claims.SignedRecord!.Value.ToArray());
    }

    [Fact]
    public void What_is_not_said_is_null()
    {
        var claims = Read([]);
        Assert.Equal(new IdentifyClaims(), claims);
    }

    [Fact]
    public void Parts_are_merged_lists_growing_and_values_being_replaced()
    {
        var first = new IdentifyMessage { AgentVersion = Text("old"), ProtocolVersion = Text("kept"), ListenAddrs = { Bytes(Peers.Public(1)) }, Protocols = { Text("/a") } };
        var second = new IdentifyMessage { AgentVersion = Text("new"), ListenAddrs = { Bytes(Peers.Public(2)) }, Protocols = { Text("/b"), Text("/a") } };

        var claims = Read(first.ToByteArray(), [], second.ToByteArray());

        Assert.Equal("new", claims.AgentVersion);
        Assert.Equal("kept", claims.ProtocolVersion);
        Assert.Equal(Peers.PublicMany(2), claims.ListenAddresses);
        Assert.Equal(["/a", "/b"], claims.Protocols);
    }

    [Fact]
    public void Addresses_that_do_not_decode_or_name_another_peer_are_left_out()
    {
        var relayed = Peers.Public(9).WithPeerId(Peers.Id(9)).Encapsulate(Multiaddress.Parse("/p2p-circuit"));
        var message = new IdentifyMessage
        {
            ListenAddrs = { Text("no address"), Bytes(Peers.Public(1)), Bytes(Peers.Public(2).WithPeerId(Peers.Id(2))), Bytes(Peers.Public(3).WithPeerId(Peer)), Bytes(relayed), ByteString.Empty },
            ObservedAddr = Text("no address"),
            Protocols = { Text(""), Text("/a\n"), ByteString.CopyFrom(0xff), Text("/a") },
        };

        var claims = Read(message.ToByteArray());

        Assert.Equal([Peers.Public(1), Peers.Public(3).WithPeerId(Peer), relayed], claims.ListenAddresses);
        Assert.Null(claims.ObservedAddress);
        Assert.Equal(["/a"], claims.Protocols);
    }

    [Fact]
    public void Ten_thousand_addresses_and_protocols_are_cut_to_the_bounds()
    {
        var message = new IdentifyMessage();
        var parts = Enumerable.Range(0, 10).Select(i => new IdentifyMessage
        {
            ListenAddrs = { Peers.PublicMany(1000, first: 1 + (1000 * i)).Select(Bytes) },
            Protocols = { Enumerable.Range(1000 * i, 1000).Select(n => Text($"/{n}")) },
        });
        foreach (var part in parts)
        {
            Assert.True(IdentifyCodec.TryMerge(message, part.ToByteArray(), Options, out _));
            Assert.InRange(message.ListenAddrs.Count, 1, 500);
            Assert.InRange(message.Protocols.Count, 1, 1024);
        }

        var claims = IdentifyCodec.Read(message, Peer);

        Assert.Equal(Peers.PublicMany(500), claims.ListenAddresses);
        Assert.Equal(1024, claims.Protocols!.Count);
    }

    [Fact]
    public void Nested_groups_are_refused_at_a_depth()
    {
        // Field 15 as a group within a group (CVE-2025-53605): what has no bound ends the process here.
        var nested = Enumerable.Repeat((byte)0x7b, 8 * 1024).ToArray();
        Assert.False(IdentifyCodec.TryMerge(new IdentifyMessage(), nested, Options, out var error));
        Assert.Contains("no protobuf", error);

        byte[] balanced = [.. Enumerable.Repeat((byte)0x7b, 4 * 1024), .. Enumerable.Repeat((byte)0x7c, 4 * 1024)];
        Assert.False(IdentifyCodec.TryMerge(new IdentifyMessage(), balanced, Options, out _));
    }

    [Fact]
    public void What_is_not_known_is_passed_over_and_not_kept()
    {
        var message = new IdentifyMessage();
        Assert.True(IdentifyCodec.TryMerge(message, Convert.FromHexString("f2ff0f021111" + "7b7c" + "320161" + "f8ff0f01"), Options, out _));
        Assert.Equal("320161", Convert.ToHexStringLower(message.ToByteArray()));
    }

    [Theory]
    [InlineData("0a")]
    [InlineData("0a05")]
    [InlineData("0affffffff0f")]
    [InlineData("0affffffffffffffffff01")]
    [InlineData("00")]
    [InlineData("07")]
    [InlineData("7c")]
    [InlineData("ffffffffffffffffffffff")]
    public void What_is_no_protobuf_is_refused(string hex)
    {
        Assert.False(IdentifyCodec.TryMerge(new IdentifyMessage(), Convert.FromHexString(hex), Options, out var error));
        Assert.DoesNotContain('\n', error);
    }

    [Fact]
    public void Text_is_kept_raw_and_escaped_only_for_display()
    {
        var claims = Read(new IdentifyMessage { AgentVersion = Text("a\u001b[2J\u202eb") }.ToByteArray());
        Assert.Equal("a\u001b[2J\u202eb", claims.AgentVersion);
        Assert.Equal("a\\u{1b}[2J\\u{202e}b", PrintableText.Escape(claims.AgentVersion!));
    }

    [Fact]
    public void Any_bytes_are_safe()
    {
        var random = TestRandom.Create();
        var honest = new IdentifyMessage
        {
            PublicKey = ByteString.CopyFrom(random.Bytes(36)),
            ListenAddrs = { Peers.PublicMany(5).Select(Bytes) },
            ObservedAddr = Bytes(Peers.Public(6)),
            Protocols = { Text("/a"), Text("/b") },
            AgentVersion = Text("agent"),
            SignedPeerRecord = ByteString.CopyFrom(random.Bytes(100)),
        }.ToByteArray();
        var taken = 0;
        for (var i = 0; i < 50_000; i++)
        {
            var part = i % 2 == 0 ? random.Bytes(random.Next(200)) : honest.AsSpan(0, random.Next(honest.Length + 1)).ToArray();
            for (var flips = random.Next(4); flips > 0 && part.Length > 0; flips--)
                part[random.Next(part.Length)] = (byte)random.Next(256);
            var message = new IdentifyMessage();
            if (!IdentifyCodec.TryMerge(message, part, Options, out _))
                continue;
            taken++;
            var claims = IdentifyCodec.Read(message, Peer);
            Assert.All(claims.ListenAddresses ?? [], a => Assert.True(a.PeerId is null || a.PeerId == Peer));
        }
        Assert.InRange(taken, 100, 50_000);
    }

    internal static ByteString Text(string text) => ByteString.CopyFromUtf8(text);

    internal static ByteString Bytes(Multiaddress address) => ByteString.CopyFrom(address.Bytes.Span);

    static IdentifyClaims Read(params byte[][] parts)
    {
        var message = new IdentifyMessage();
        foreach (var part in parts)
            Assert.True(IdentifyCodec.TryMerge(message, part, Options, out var error), error);
        return IdentifyCodec.Read(message, Peer);
    }
}
