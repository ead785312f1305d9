using Libp2p.Protocols.Identify;
using Libp2p.Protocols.Identify.Wire;
using Libp2p.Testing;
using Libp2p.Tests.Swarm;
using Microsoft.Extensions.Logging.Abstractions;

namespace Libp2p.Tests.Protocols.Identify;

public class SelfDescriptionTests
{
    readonly ManualTimeProvider _time = new();
    readonly IdentifyOptions _options = new();

    [Fact]
    public void Tells_key_versions_addresses_protocols_and_a_record_of_the_same_addresses()
    {
        using var identity = Identity.Generate();
        Multiaddress[] addresses = [Peers.Public(1).WithPeerId(identity.PeerId), Peers.Public(2).WithPeerId(identity.PeerId)];

        var claims = Decode(identity, NewDescription(identity).Get(addresses, ["/a", "/b"]));

        Assert.Equal(identity.PublicKey.ToProtobuf(), claims.PublicKey!.Value.ToArray());
        Assert.Equal(Peers.PublicMany(2), claims.ListenAddresses);
        Assert.Equal(["/a", "/b"], claims.Protocols);
        Assert.Equal("ipfs/0.1.0", claims.ProtocolVersion);
        Assert.Equal("tincan/0.1.0", claims.AgentVersion);
        Assert.Null(claims.ObservedAddress);
        Assert.True(PeerRecord.TryOpen(claims.SignedRecord!.Value.Span, out var record, out var error), error);
        Assert.Equal(identity.PeerId, record.PeerId);
        Assert.Equal(Peers.PublicMany(2), record.Addresses);
    }

    [Fact]
    public void Is_made_anew_only_where_something_changed_with_a_higher_number_of_the_record()
    {
        using var identity = Identity.Generate();
        var description = NewDescription(identity);
        var first = description.Get(Peers.PublicMany(1), ["/a"]);
        Assert.Same(first, description.Get(Peers.PublicMany(1), ["/a"]));

        var second = description.Get(Peers.PublicMany(1), ["/a", "/b"]);
        var third = description.Get(Peers.PublicMany(2), ["/a", "/b"]);
        _time.Advance(TimeSpan.FromSeconds(1));
        var fourth = description.Get(Peers.PublicMany(3), ["/a", "/b"]);

        Assert.True(first.Version < second.Version && second.Version < third.Version && third.Version < fourth.Version);
        var numbers = new[] { first, second, third, fourth }.Select(t => SequenceOf(identity, t)).ToArray();
        Assert.Equal(numbers.Order().Distinct(), numbers);
        Assert.Equal((ulong)(_time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds, numbers[^1] / 1_000_000_000);
    }

    [Fact]
    public void Tells_peers_of_2020_nothing_that_they_cannot_read_and_all_of_it_in_the_record()
    {
        using var identity = Identity.Generate();
        Multiaddress[] addresses =
        [
            Multiaddress.Parse("/ip4/8.8.8.8/tcp/1"), Multiaddress.Parse("/ip4/8.8.8.8/tcp/2/ws"), Multiaddress.Parse("/dns4/a.example/tcp/3/tls/ws"),
            Multiaddress.Parse("/ip4/8.8.8.8/tcp/4/tls/sni/a.example/ws"), Multiaddress.Parse("/ip4/8.8.8.8/udp/5/quic-v1"), Multiaddress.Parse("/ip4/8.8.8.8/tcp/6/ws/http-path/a"),
            Multiaddress.Parse("/memory/1"),
        ];
        var told = NewDescription(identity).Get(addresses, ["/a"]);

        Assert.Equal(addresses, Decode(identity, told).ListenAddresses);
        var then = IdentifyCodec.Read(IdentifyMessage.Parser.ParseFrom(told.MessageOf2020), identity.PeerId);
        Assert.Equal(["/ip4/8.8.8.8/tcp/1", "/ip4/8.8.8.8/tcp/2/ws", "/dns4/a.example/tcp/3/wss"], then.ListenAddresses!.Select(a => $"{a}"));
        Assert.Equal(["/a"], then.Protocols);
        Assert.True(PeerRecord.TryOpen(then.SignedRecord!.Value.Span, out var record, out var error), error);
        Assert.Equal(addresses, record.Addresses);
        Assert.True(told.MessageOf2020.Length <= told.Message.Length);
    }

    [Theory]
    [InlineData(KeyType.Ed25519)]
    [InlineData(KeyType.Secp256k1)]
    [InlineData(KeyType.Ecdsa)]
    [InlineData(KeyType.Rsa)]
    public void Never_exceeds_what_others_read(KeyType type)
    {
        using var identity = Identity.Generate(type);
        foreach (var (addresses, protocols) in ((int, int)[])[(0, 0), (1, 1), (64, 10), (500, 0), (0, 2000), (64, 1024), (5000, 5000)])
        {
            var told = NewDescription(identity).Get(
                Peers.PublicMany(addresses), [.. Enumerable.Range(0, protocols).Select(n => new ProtocolId($"/a-protocol-of-some-length/{n}/1.0.0"))]);
            var claims = Decode(identity, told);

            Assert.InRange(told.Message.Length, 1, 4096 - 128);
            Assert.NotNull(claims.PublicKey);
            Assert.InRange(claims.ListenAddresses?.Count ?? 0, Math.Min(addresses, 4), addresses);
            Assert.InRange(claims.Protocols?.Count ?? 0, Math.Min(protocols, 20), protocols);
            if (addresses > 0)
                Assert.NotNull(claims.SignedRecord);
        }
    }

    [Fact]
    public void Where_not_all_addresses_fit_the_public_ones_are_told()
    {
        using var identity = Identity.Generate();
        var inside = Enumerable.Range(1, 400).Select(port => Multiaddress.Parse($"/ip4/127.0.0.1/tcp/{port}"));

        var claims = Decode(identity, NewDescription(identity).Get([.. inside, .. Peers.PublicMany(20)], []));

        Assert.Equal(Peers.PublicMany(20), claims.ListenAddresses!.Take(20));
    }

    [Fact]
    public void A_record_that_would_leave_out_nearly_all_addresses_is_left_out_itself()
    {
        using var identity = Identity.Generate();
        var name = string.Join('.', Enumerable.Repeat(new string('x', 60), 4));
        Multiaddress[] addresses = [.. Enumerable.Range(1, 12).Select(port => Multiaddress.Parse($"/dns4/{name}/tcp/{port}/http-path/{new string('y', 300)}"))];

        var claims = Decode(identity, NewDescription(identity).Get(addresses, [.. Enumerable.Range(0, 100).Select(n => new ProtocolId($"/a-protocol-of-some-length/{n}/1.0.0"))]));

        Assert.Null(claims.SignedRecord);
        Assert.InRange(claims.ListenAddresses!.Count, 3, 11);
    }

    [Fact]
    public void No_record_is_told_where_it_is_not_wanted()
    {
        using var identity = Identity.Generate();
        _options.SendSignedRecord = false;
        Assert.Null(Decode(identity, NewDescription(identity).Get(Peers.PublicMany(1), [])).SignedRecord);
    }

    static ulong SequenceOf(Identity identity, ToldMessage told) =>
        PeerRecord.TryOpen(Decode(identity, told).SignedRecord!.Value.Span, out var record, out var error) ? record.Sequence : throw new FormatException(error);

    static IdentifyClaims Decode(Identity identity, ToldMessage told) => IdentifyCodec.Read(IdentifyMessage.Parser.ParseFrom(told.Message), identity.PeerId);

    SelfDescription NewDescription(Identity identity) => new(identity, _options, _time, NullLogger.Instance);
}
