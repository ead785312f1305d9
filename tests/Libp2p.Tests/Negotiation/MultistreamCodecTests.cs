using System.Buffers;
using System.Text;
using Libp2p.Negotiation;
using Libp2p.Testing;

namespace Libp2p.Tests.Negotiation;

public sealed class MultistreamCodecTests
{
    [Theory]
    [InlineData("na")]
    [InlineData("/multistream/1.0.0")]
    [InlineData("")]
    public void What_is_written_is_read(string text)
    {
        var buffer = Write(Encoding.UTF8.GetBytes(text));
        Assert.Equal(MultistreamRead.Message, MultistreamCodec.TryRead(ref buffer, out var message));
        Assert.Equal(text, Encoding.UTF8.GetString(message.ToArray()));
        Assert.True(buffer.IsEmpty);
    }

    [Fact]
    public void The_header_is_as_the_specification_has_it() =>
        Assert.Equal("\x13/multistream/1.0.0\n"u8.ToArray(), Write(MultistreamCodec.Header.Utf8.Span).ToArray());

    [Fact]
    public void The_longest_message_has_1024_bytes_with_its_line_feed()
    {
        var buffer = Write(new byte[1023]);
        Assert.Equal(MultistreamRead.Message, MultistreamCodec.TryRead(ref buffer, out var message));
        Assert.Equal(1023, message.Length);
        Assert.Throws<ArgumentException>(() => Write(new byte[1024]));
        var longer = new ReadOnlySequence<byte>([0x81, 0x08]);
        Assert.Equal(MultistreamRead.Malformed, MultistreamCodec.TryRead(ref longer, out _));
    }

    [Theory]
    [InlineData("00")]
    [InlineData("01 41")]
    [InlineData("02 41 42")]
    [InlineData("82 00 41 0A")]
    [InlineData("80 80")]
    [InlineData("FF FF 7F")]
    public void Malformed_messages_are_told_from_incomplete_ones(string hex)
    {
        var buffer = new ReadOnlySequence<byte>(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));
        Assert.Equal(MultistreamRead.Malformed, MultistreamCodec.TryRead(ref buffer, out _));
    }

    [Fact]
    public void Every_beginning_of_a_message_is_incomplete()
    {
        var whole = Write(new byte[300]).ToArray();
        for (var length = 0; length < whole.Length; length++)
        {
            var buffer = new ReadOnlySequence<byte>(whole, 0, length);
            Assert.Equal(MultistreamRead.Incomplete, MultistreamCodec.TryRead(ref buffer, out _));
            Assert.Equal(length, buffer.Length);
        }
    }

    [Fact]
    public void The_list_ends_at_the_message_limit()
    {
        var output = new ArrayBufferWriter<byte>();
        MultistreamCodec.WriteList(output, Enumerable.Range(0, 500).Select(i => (ProtocolId)$"/protocol/{i}"));
        var buffer = new ReadOnlySequence<byte>(output.WrittenMemory);
        Assert.Equal(MultistreamRead.Message, MultistreamCodec.TryRead(ref buffer, out var message));
        Assert.InRange(message.Length, 900, 1023);
        var count = 0;
        for (; !message.IsEmpty; count++)
        {
            Assert.Equal(MultistreamRead.Message, MultistreamCodec.TryRead(ref message, out var entry));
            Assert.Equal($"/protocol/{count}", Encoding.UTF8.GetString(entry.ToArray()));
        }
        Assert.InRange(count, 50, 100);
    }

    [Fact]
    public void A_list_is_read_and_what_is_no_name_in_it_left_out()
    {
        var output = new ArrayBufferWriter<byte>();
        MultistreamCodec.Write(output, "/a"u8);
        MultistreamCodec.Write(output, ""u8);
        MultistreamCodec.Write(output, "/b/1"u8);
        output.Write("na"u8);
        Assert.Equal(["/a", "/b/1"], MultistreamCodec.ReadList(new ReadOnlySequence<byte>(output.WrittenMemory)));
        Assert.Empty(MultistreamCodec.ReadList(new ReadOnlySequence<byte>("na"u8.ToArray())));
    }

    [Fact]
    public void Damaged_bytes_never_throw_and_always_advance()
    {
        var random = TestRandom.Create();
        for (var i = 0; i < 50_000; i++)
        {
            var bytes = new byte[random.Next(0, 64)];
            random.NextBytes(bytes);
            if (bytes.Length > 0 && random.Next(2) == 0)
                bytes[0] = (byte)random.Next(bytes.Length);
            if (bytes.Length > 0 && random.Next(2) == 0)
                bytes[Math.Min(bytes.Length - 1, (int)bytes[0])] = (byte)'\n';
            var buffer = Split(bytes, random.Next(1, 5));
            var before = buffer.Length;
            while (MultistreamCodec.TryRead(ref buffer, out var message) == MultistreamRead.Message)
            {
                Assert.True(buffer.Length < before);
                Assert.True(MultistreamCodec.Describe(message).Length <= 64 * 8);
                before = buffer.Length;
            }
        }
    }

    static ReadOnlySequence<byte> Write(ReadOnlySpan<byte> text)
    {
        var output = new ArrayBufferWriter<byte>();
        MultistreamCodec.Write(output, text);
        return new ReadOnlySequence<byte>(output.WrittenMemory);
    }

    static ReadOnlySequence<byte> Split(byte[] bytes, int size)
    {
        if (bytes.Length == 0)
            return ReadOnlySequence<byte>.Empty;
        var first = new Segment(bytes.AsMemory(0, Math.Min(size, bytes.Length)), null);
        var last = first;
        for (var at = size; at < bytes.Length; at += size)
            last = new Segment(bytes.AsMemory(at, Math.Min(size, bytes.Length - at)), last);
        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? previous)
        {
            Memory = memory;
            if (previous is null)
                return;
            RunningIndex = previous.RunningIndex + previous.Memory.Length;
            previous.Next = this;
        }
    }
}
