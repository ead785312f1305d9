using System.Buffers;
using System.Text;
using Libp2p.Protocols.Gossipsub;
using Libp2p.Testing;

namespace Libp2p.Tests.Protocols.Gossipsub;

public sealed class RpcCodecTests
{
    [Fact]
    public void What_is_written_is_read()
    {
        using var identity = Identity.Generate();
        var content = new RpcContent();
        content.Subscriptions.Add(new("a", true));
        content.Subscriptions.Add(new("b", false));
        content.Graft.Add("a");
        content.Prune.Add(new("b", 60, [new(identity.PeerId, new byte[] { 9 })]));
        content.Prune.Add(new("c", null, []));
        content.IWant.Add(new([1]));
        content.IDontWant.Add(new([2]));
        content.IHave.Add(new("a", [new([3]), new([4])]));
        var read = ReadAll(RpcCodec.Write(content));
        Assert.Equal(content.Subscriptions, read.Subscriptions);
        Assert.Equal(content.Graft, read.Graft);
        Assert.Equal(["b", "c"], read.Prune.Select(p => p.Topic));
        Assert.Equal([60ul, null], read.Prune.Select(p => p.BackoffSeconds));
        Assert.Equal(identity.PeerId, Assert.Single(read.Prune[0].Peers).Peer);
        Assert.Equal([9], read.Prune[0].Peers[0].SignedRecord.ToArray());
        Assert.Equal(content.IWant, read.IWant);
        Assert.Equal(content.IDontWant, read.IDontWant);
        Assert.Equal(content.IHave[0].Ids, Assert.Single(read.IHave).Ids);
    }

    [Fact]
    public void The_wire_is_that_of_the_specification()
    {
        var content = new RpcContent();
        content.Subscriptions.Add(new("t", true));
        content.Graft.Add("t");
        var frames = RpcCodec.Write(content);
        // RPC { subscriptions(1) { subscribe(1) true, topicid(2) "t" } }, then RPC { control(3) { graft(3) { topicID(1) "t" } } }.
        Assert.Equal([7, 0x0a, 5, 0x08, 1, 0x12, 1, (byte)'t'], frames[0]);
        Assert.Equal([7, 0x1a, 5, 0x1a, 3, 0x0a, 1, (byte)'t'], frames[1]);
    }

    [Fact]
    public void Gossip_is_split_so_that_no_rpc_is_above_16_KiB()
    {
        var content = new RpcContent();
        content.IHave.Add(new("topic", [.. Enumerable.Range(0, 5000).Select(i => new PubsubMessageId(BitConverter.GetBytes(i).Concat(new byte[42]).ToArray().AsSpan()))]));
        for (var i = 0; i < 250; i++)
            content.Subscriptions.Add(new(new string((char)('a' + (i % 26)), 300), true));
        var frames = RpcCodec.Write(content);
        Assert.All(frames, f => Assert.True(f.Length <= RpcCodec.MaxControlLength));
        var read = ReadAll(frames);
        Assert.Equal(5000, read.IHave.Sum(h => h.Ids.Count));
        Assert.Equal(250, read.Subscriptions.Count);
    }

    [Fact]
    public void What_is_beyond_the_bounds_is_left_out_and_told_where_somebody_is_to_blame()
    {
        var rpc = new List<byte>();
        for (var i = 0; i < 350_000; i++)
            rpc.AddRange(Field(1, [0x08, 1, .. Field(2, Encoding.ASCII.GetBytes(i.ToString()))]));
        var content = new RpcContent();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(RpcResult.Excess, RpcCodec.Read(rpc.ToArray(), [], content));
        Assert.Equal(RpcCodec.MaxSubscriptions, content.Subscriptions.Count);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < rpc.Count + 1_000_000, "Reading 350,000 topics made more than what is taken.");

        byte[] id = [.. Field(1, new byte[40])];
        byte[] want = [.. Enumerable.Repeat(id, 1000).SelectMany(b => b)];
        content = new RpcContent();
        Assert.Equal(RpcResult.Ok, RpcCodec.Read(Field(3, Field(2, want)), [], content));
        Assert.InRange(content.IWant.Count, 1, RpcCodec.MaxControlLength / 42);
    }

    public static TheoryData<byte[]> NoTopics => [new byte[IPubsub.MaxTopicLength + 1], new byte[] { 0xed, 0xa0, 0x80 }, Array.Empty<byte>()];

    [Theory]
    [MemberData(nameof(NoTopics))]
    public void A_topic_that_is_none_is_left_out(byte[] name)
    {
        var content = new RpcContent();
        Assert.Equal(RpcResult.Excess, RpcCodec.Read(Field(1, [0x08, 1, .. Field(2, name)]), [], content));
        Assert.Empty(content.Subscriptions);
    }

    [Fact]
    public void What_is_cut_short_is_no_rpc()
    {
        var content = new RpcContent();
        content.Prune.Add(new("topic", 60, [new(Identity.Generate().PeerId, new byte[40])]));
        var rpc = RpcCodec.Write(content)[0][1..];
        for (var length = 1; length < rpc.Length; length++)
            Assert.Equal(RpcResult.Malformed, RpcCodec.Read(rpc.AsSpan(0, length), [], new RpcContent()));
        Assert.Equal(RpcResult.Malformed, RpcCodec.Read([0x0b, .. TestRandom.Bytes(8)], [], new RpcContent()));
    }

    internal static byte[] Field(int field, byte[] content)
    {
        var writer = new ArrayBufferWriter<byte>();
        Varint.Write(writer, (ulong)((field << 3) | 2));
        Varint.Write(writer, (ulong)content.Length);
        writer.Write(content);
        return writer.WrittenSpan.ToArray();
    }

    private static RpcContent ReadAll(List<byte[]> frames)
    {
        var read = new RpcContent();
        foreach (var frame in frames)
        {
            var buffer = new ReadOnlySequence<byte>(frame);
            Assert.Equal(LengthPrefixedResult.Ok, LengthPrefixed.TryRead(ref buffer, RpcCodec.MaxControlLength, out var rpc));
            var one = new RpcContent();
            Assert.Equal(RpcResult.Ok, RpcCodec.Read(rpc.ToArray(), [], one));
            read.Subscriptions.AddRange(one.Subscriptions);
            read.Graft.AddRange(one.Graft);
            read.Prune.AddRange(one.Prune);
            read.IWant.AddRange(one.IWant);
            read.IDontWant.AddRange(one.IDontWant);
            read.IHave.AddRange(one.IHave);
        }
        return read;
    }
}
