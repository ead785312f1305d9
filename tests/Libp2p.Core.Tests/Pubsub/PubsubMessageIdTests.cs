namespace Libp2p.Tests.Pubsub;

public sealed class PubsubMessageIdTests
{
    [Fact]
    public void Ids_are_equal_by_their_bytes()
    {
        byte[] bytes = [1, 2, 3];
        var id = new PubsubMessageId(bytes.AsSpan());
        bytes[0] = 9;
        Assert.Equal(new PubsubMessageId([1, 2, 3]), id);
        Assert.Equal(new PubsubMessageId([1, 2, 3]).GetHashCode(), id.GetHashCode());
        Assert.True(id != new PubsubMessageId(bytes));
        Assert.NotEqual(default, id);
        Assert.Equal("010203", id.ToString());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(PubsubMessageId.MaxLength + 1)]
    public void An_id_has_bounds(int length) => Assert.Throws<ArgumentException>(() => new PubsubMessageId(new byte[length]));

    [Fact]
    public void A_message_behind_a_gap_is_the_same_otherwise()
    {
        var peer = Identity.Generate().PeerId;
        var message = new PubsubMessage
        {
            Topic = "t",
            Data = new byte[] { 1 },
            Id = new([1]),
            ReceivedFrom = peer,
            From = peer,
            SequenceNumber = 7,
            IsSigned = true,
        };
        var late = message.AfterMissing(3);
        Assert.Equal(3, late.MissedBefore);
        Assert.Equal((message.Topic, message.Data, message.Id, message.ReceivedFrom, message.From, message.SequenceNumber, message.IsSigned),
            (late.Topic, late.Data, late.Id, late.ReceivedFrom, late.From, late.SequenceNumber, late.IsSigned));
    }
}
