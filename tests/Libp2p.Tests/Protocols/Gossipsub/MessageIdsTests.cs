using System.Security.Cryptography;
using System.Text;
using Libp2p.Protocols.Gossipsub;

namespace Libp2p.Tests.Protocols.Gossipsub;

public sealed class MessageIdsTests
{
    private static readonly Identity Author = Identity.Generate();
    private static readonly byte[] Number = [0, 0, 0, 0, 0, 0, 1, 0];

    [Fact]
    public void Each_implementation_has_its_form()
    {
        var source = new MessageIdSource { Topic = "t", Data = "text"u8, From = Author.PeerId, SequenceNumber = Number };
        Assert.Equal([.. Author.PeerId.Bytes.ToArray(), .. Number], MessageIds.Origin(source).Bytes.ToArray());
        Assert.Equal([.. Author.PublicKey.ToProtobuf(), .. Number], MessageIds.KeyAndNumber(source).Bytes.ToArray());
        Assert.Equal(Author.PeerId + "256", Encoding.ASCII.GetString(MessageIds.DecimalText(source).Span));
        Assert.Equal(Author.PeerId + "0000000000000100", Encoding.ASCII.GetString(MessageIds.HexText(source).Span));
        Assert.Equal(SHA256.HashData("text"u8), MessageIds.DataHash(source).Bytes.ToArray());
        Assert.Equal(SHA256.HashData("256"u8), MessageIds.NumberHash(source).Bytes.ToArray());
    }

    [Fact]
    public void The_key_of_an_author_that_is_hashed_is_the_message_s()
    {
        using var author = Identity.Generate(KeyType.Ecdsa);
        var source = new MessageIdSource { Topic = "t", From = author.PeerId, SequenceNumber = Number, Key = author.PublicKey.Encoded.Span };
        Assert.Equal([.. author.PublicKey.ToProtobuf(), .. Number], MessageIds.KeyAndNumber(source).Bytes.ToArray());
    }

    [Fact]
    public void A_message_without_author_has_no_id_by_author()
    {
        var source = new MessageIdSource { Topic = "t", Data = "text"u8 };
        foreach (var form in new[] { MessageIds.Origin, MessageIds.KeyAndNumber, MessageIds.DecimalText, MessageIds.HexText, MessageIds.NumberHash })
            Assert.Equal(default, form(source));
    }

    [Theory]
    [InlineData("tincan/0.1.0", PubsubPeerKind.Specified)]
    [InlineData("kubo/0.40.0/", PubsubPeerKind.Specified)]
    [InlineData("github.com/libp2p/go-libp2p", PubsubPeerKind.Specified)]
    [InlineData("js-libp2p/3.3.11 node/24.1.0", PubsubPeerKind.Js)]
    [InlineData("js-libp2p/0.28.10", PubsubPeerKind.LegacyJs)]
    [InlineData("rust-libp2p/0.57.0", PubsubPeerKind.Rust)]
    [InlineData("something else", PubsubPeerKind.Unknown)]
    [InlineData(null, PubsubPeerKind.Unknown)]
    public void The_kind_is_told_by_the_agent(string? agent, PubsubPeerKind kind) =>
        Assert.Equal(kind, MessageIds.Classify(new PeerInfo(Author.PeerId) { AgentVersion = agent }));

    [Fact]
    public void In_the_universal_room_others_differ()
    {
        Assert.Equal(MessageIds.NumberHash, MessageIds.Default("universal-connectivity", PubsubPeerKind.Js));
        Assert.Null(MessageIds.Default("universal-connectivity", PubsubPeerKind.Rust));
        Assert.Equal(MessageIds.KeyAndNumber, MessageIds.Default("room", PubsubPeerKind.Js));
    }
}
