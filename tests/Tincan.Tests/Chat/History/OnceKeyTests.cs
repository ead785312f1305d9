using Libp2p;
using Tincan.Chat.History;

namespace Tincan.Tests.Chat.History;

public sealed class OnceKeyTests
{
    private static readonly PeerId Ada = Identity.Generate().PeerId;
    private static readonly PeerId Bob = Identity.Generate().PeerId;

    [Fact]
    public void A_signed_message_is_its_sender_and_its_number()
    {
        Assert.Equal(OnceKey.OfSigned(Ada, 7), OnceKey.OfSigned(Ada, 7));
        Assert.NotEqual(OnceKey.OfSigned(Ada, 7), OnceKey.OfSigned(Ada, 8));
        Assert.NotEqual(OnceKey.OfSigned(Ada, 7), OnceKey.OfSigned(Bob, 7));
    }

    [Fact]
    public void Another_message_is_its_topic_and_its_data_and_where_one_ends_counts()
    {
        Assert.Equal(OnceKey.OfData("a", "b"u8), OnceKey.OfData("a", "b"u8));
        Assert.NotEqual(OnceKey.OfData("a", "b"u8), OnceKey.OfData("a", "c"u8));
        Assert.NotEqual(OnceKey.OfData("a", "bc"u8), OnceKey.OfData("ab", "c"u8));
    }
}
