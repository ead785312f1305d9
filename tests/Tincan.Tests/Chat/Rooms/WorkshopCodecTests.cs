using System.Text;
using Google.Protobuf;
using Libp2p;
using Tincan.Chat;
using Tincan.Chat.Rooms;
using Tincan.Chat.Wire;

namespace Tincan.Tests.Chat.Rooms;

public sealed class WorkshopCodecTests
{
    private static readonly PeerId Ada = Identity.Generate().PeerId;

    [Fact]
    public void A_text_is_on_the_wire_as_the_workshop_has_it()
    {
        // type 0, a message of data "hi", created 5, id "x": every field that is required there.
        Assert.Equal("080012090A02686910051A0178", Convert.ToHexString(WorkshopCodec.EncodeText("hi", "x", 5)));
        Assert.True(WorkshopCodec.TryRead(WorkshopCodec.EncodeText("grüße 世界", "id", 7), out var payload));
        Assert.Equal(new TextPayload("grüße 世界", "id", 7), payload);
    }

    [Fact]
    public void A_name_and_statistics_return_as_they_went()
    {
        Assert.Equal("08011A050A03416461", Convert.ToHexString(WorkshopCodec.EncodeName("Ada")));
        Assert.True(WorkshopCodec.TryRead(WorkshopCodec.EncodeName("Ada"), out var name));
        Assert.Equal(new NamePayload("Ada"), name);
        Assert.True(WorkshopCodec.TryRead(WorkshopCodec.EncodeStats([Ada]), out var stats));
        Assert.Equal([Ada.ToString()], Assert.IsType<StatsPayload>(stats).Peers);
        // The last two bytes: the node's type, 1.
        Assert.EndsWith("1001", Convert.ToHexString(WorkshopCodec.EncodeStats([])), StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_without_time_and_id_is_taken()
    {
        var bytes = new Request { Type = Request.Types.Type.SendMessage, SendMessage = new SendMessage { Data = ByteString.CopyFromUtf8("hi") } }.ToByteArray();
        Assert.True(WorkshopCodec.TryRead(bytes, out var payload));
        Assert.Equal(new TextPayload("hi", null, null), payload);
    }

    [Fact]
    public void What_is_beyond_the_bounds_is_not_taken_or_cut()
    {
        Assert.True(WorkshopCodec.TryRead(WorkshopCodec.EncodeText(new string('x', ChatLimits.MaxTextBytes), "id", 1), out _));
        Assert.False(WorkshopCodec.TryRead(WorkshopCodec.EncodeText(new string('x', ChatLimits.MaxTextBytes + 1), "id", 1), out _));
        Assert.False(WorkshopCodec.TryRead(new byte[WorkshopCodec.MaxBytes + 1], out _));
        Assert.True(WorkshopCodec.TryRead(WorkshopCodec.EncodeText("hi", new string('i', 1000), 1), out var text));
        Assert.Null(Assert.IsType<TextPayload>(text).Id);

        Assert.True(WorkshopCodec.TryRead(WorkshopCodec.EncodeName(new string('é', 100)), out var name));
        Assert.Equal(new NamePayload(new string('é', ChatLimits.MaxNameBytes / 2)), name);

        var many = new Stats { ConnectedPeers = { Enumerable.Repeat(ByteString.CopyFromUtf8(Ada.ToString()), 1000) } };
        Assert.True(WorkshopCodec.TryRead(new Request { Type = Request.Types.Type.Stats, Stats = many }.ToByteArray(), out var stats));
        Assert.Equal(WorkshopCodec.MaxPeers, Assert.IsType<StatsPayload>(stats).Peers.Count);
        Assert.True(WorkshopCodec.EncodeStats(Enumerable.Repeat(Ada, 5000)).Length < WorkshopCodec.MaxBytes);
    }

    [Fact]
    public void What_is_no_peer_is_left_out_of_statistics()
    {
        var stats = new Stats { ConnectedPeers = { ByteString.CopyFromUtf8("nobody"), ByteString.Empty, ByteString.CopyFromUtf8(Ada.ToString()), ByteString.CopyFrom(0xff, 0xfe) } };
        Assert.True(WorkshopCodec.TryRead(new Request { Type = Request.Types.Type.Stats, Stats = stats }.ToByteArray(), out var payload));
        Assert.Equal([Ada.ToString()], Assert.IsType<StatsPayload>(payload).Peers);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0800")]
    [InlineData("080712090A02686910051A0178")]
    [InlineData("080012FF")]
    [InlineData("ffffffffffffffffffffff")]
    [InlineData("08001200")]
    [InlineData("080222FFFFFFFF07")]
    [InlineData("080222FFFFFFFF070A33006F71574270C467338080044D6A")]
    public void What_is_no_message_is_a_false(string hex) => Assert.False(WorkshopCodec.TryRead(Convert.FromHexString(hex), out _));

    [Fact]
    public void Any_bytes_are_safe_and_what_is_taken_is_within_its_bounds()
    {
        const int seed = 2_020;
        var random = new Random(seed);
        byte[][] seeds = [WorkshopCodec.EncodeText("some text", "an id", 1_700_000_000_000), WorkshopCodec.EncodeName("Ada"), WorkshopCodec.EncodeStats([Ada, Ada])];
        var taken = 0;
        for (var i = 0; i < 100_000; i++)
        {
            var input = (byte[])seeds[random.Next(seeds.Length)].Clone();
            for (var changes = random.Next(4); changes >= 0; changes--)
                input[random.Next(input.Length)] = (byte)random.Next(256);
            if (!WorkshopCodec.TryRead(input.AsSpan(0, random.Next(4) == 0 ? random.Next(input.Length + 1) : input.Length), out var payload))
                continue;
            taken++;
            var isBounded = payload switch
            {
                TextPayload text => text.Text.Length is > 0 and <= ChatLimits.MaxTextBytes && (text.Id?.Length ?? 0) <= 128,
                NamePayload name => Encoding.UTF8.GetByteCount(name.Name) <= 3 * ChatLimits.MaxNameBytes,
                StatsPayload stats => stats.Peers.Count <= WorkshopCodec.MaxPeers,
                _ => false,
            };
            Assert.True(isBounded, $"seed {seed}, step {i}: {Convert.ToHexString(input)}");
        }
        Assert.InRange(taken, 1_000, 99_000);
    }
}
