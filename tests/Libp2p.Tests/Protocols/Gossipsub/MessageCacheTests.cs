using Libp2p.Protocols.Gossipsub;

namespace Libp2p.Tests.Protocols.Gossipsub;

public sealed class MessageCacheTests
{
    private static readonly Identity Author = Identity.Generate();
    private static readonly Identity AuthorWithLargeKey = Identity.Generate(KeyType.Ecdsa);

    private readonly MessageCache _cache = new(length: 5, gossipLength: 3, maxBytes: 1_000_000);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(8 * 1024)]
    [InlineData(60 * 1024)]
    public void What_is_asked_for_is_what_was_said(int length)
    {
        foreach (var author in new[] { null, Author, AuthorWithLargeKey })
        {
            var said = Message(length, author);
            _cache.Add(said);
            var asked = _cache.Request(said.Id, MachineHarness.Id(1), out var count)!;
            Assert.Equal(1, count);
            Assert.Equal((said.Topic, said.Id, said.From, said.SequenceNumber, said.IsSigned), (asked.Topic, asked.Id, asked.From, asked.SequenceNumber, asked.IsSigned));
            Assert.Equal(said.Part.ToArray(), asked.Part.ToArray());
            Assert.Equal(said.Data.ToArray(), asked.Data.ToArray());
            Assert.Equal(said.Key.ToArray(), asked.Key.ToArray());
            Assert.Equal(MessageRefusal.None, MessageSignature.Verify(asked));
        }
    }

    [Fact]
    public void All_who_ask_share_what_they_get()
    {
        var said = Message(100);
        _cache.Add(said);
        var first = _cache.Request(said.Id, MachineHarness.Id(1), out _);
        Assert.Same(first, _cache.Request(said.Id, MachineHarness.Id(2), out var count));
        Assert.Equal(1, count);
        _cache.Request(said.Id, MachineHarness.Id(2), out count);
        Assert.Equal(2, count);
    }

    [Fact]
    public void What_was_given_out_stays_as_it_is_when_its_room_is_used_again()
    {
        var said = Message(700);
        _cache.Add(said);
        var asked = _cache.Request(said.Id, MachineHarness.Id(1), out _)!;
        for (var i = 0; i < 5000; i++)
            _cache.Add(Message(700));
        Assert.Null(_cache.Request(said.Id, MachineHarness.Id(1), out _));
        Assert.Equal(said.Part.ToArray(), asked.Part.ToArray());
    }

    [Fact]
    public void Messages_that_come_and_go_cost_no_memory()
    {
        var said = Enumerable.Range(0, 4000).Select(_ => Message(1000)).ToArray();
        foreach (var message in said[..2000])
            _cache.Add(message);
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var message in said.AsSpan(2000))
            _cache.Add(message);
        // A collection in between takes away what is left of a thread's piece of the heap, which counts as used.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
    }

    [Fact]
    public void It_is_bounded_in_bytes_and_lets_the_oldest_go()
    {
        var random = new Random(1);
        List<GossipMessage> said = [];
        for (var i = 0; i < 3000; i++)
        {
            said.Add(Message(random.Next(random.Next(10) == 0 ? 20_000 : 2000)));
            _cache.Add(said[^1]);
            Assert.InRange(_cache.Bytes, 1, 1_000_000);
        }
        var held = said[^_cache.Count..];
        Assert.Equal(held.Sum(m => (long)m.Part.Length), _cache.Bytes);
        foreach (var message in held)
            Assert.Equal(message.Part.ToArray(), _cache.Request(message.Id, MachineHarness.Id(1), out _)!.Part.ToArray());
        Assert.Null(_cache.Request(said[^(_cache.Count + 1)].Id, MachineHarness.Id(1), out _));
    }

    [Fact]
    public void Gossip_tells_of_three_heartbeats_by_topic_in_the_form_that_is_asked_for()
    {
        var old = Message(10, Author);
        _cache.Add(old);
        _cache.Shift();
        var (first, second, elsewhere) = (Message(10, Author), Message(10), Message(10, Author, "elsewhere"));
        foreach (var message in new[] { first, second, elsewhere })
            _cache.Add(message);
        _cache.Shift();
        _cache.Shift();
        var byTopic = _cache.CollectGossip();
        Assert.Equal([first.Id, second.Id], _cache.IdsOf(byTopic["room"], null));
        Assert.Equal([elsewhere.Id], _cache.IdsOf(byTopic["elsewhere"], null));
        // The one that has no author has no id of that form.
        Assert.Equal([first.IdBy(MessageIds.DecimalText)], _cache.IdsOf(byTopic["room"], MessageIds.DecimalText));
        // One that was asked for is told of as before.
        _cache.Request(first.Id, MachineHarness.Id(1), out _);
        Assert.Equal([first.IdBy(MessageIds.DecimalText)], _cache.IdsOf(byTopic["room"], MessageIds.DecimalText));
        Assert.NotNull(_cache.Request(old.Id, MachineHarness.Id(1), out _));
        _cache.Shift();
        _cache.Shift();
        Assert.Null(_cache.Request(old.Id, MachineHarness.Id(1), out _));
        _cache.Shift();
        Assert.Equal((0, 0), (_cache.Count, _cache.Bytes));
    }

    private ulong _number;

    private GossipMessage Message(int length, Identity? author = null, string topic = "room")
    {
        var data = new byte[length];
        new Random((int)++_number).NextBytes(data);
        // Where there is no author the number stands for the content, which may be empty.
        return MessageSignature.Create(author, topic, data, _number, author is null ? (in m) => new PubsubMessageId(BitConverter.GetBytes(_number)) : MessageIds.Origin);
    }
}
