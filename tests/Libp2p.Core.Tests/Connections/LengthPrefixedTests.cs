using Libp2p.Testing;
using System.Buffers;
using System.IO.Pipelines;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Connections;

public class LengthPrefixedTests
{
    [Fact]
    public void Takes_messages_one_after_the_other()
    {
        var writer = new ArrayBufferWriter<byte>();
        LengthPrefixed.Write(writer, "one"u8);
        LengthPrefixed.Write(writer, default);
        LengthPrefixed.Write(writer, "three"u8);
        foreach (var segment in (int[])[1, 3, 100])
        {
            var buffer = Sequences.Split(writer.WrittenMemory, segment);

            Assert.Equal(LengthPrefixedResult.Ok, LengthPrefixed.TryRead(ref buffer, 5, out var message));
            Assert.Equal("one"u8.ToArray(), message.ToArray());
            Assert.Equal(LengthPrefixedResult.Ok, LengthPrefixed.TryRead(ref buffer, 5, out message));
            Assert.True(message.IsEmpty);
            Assert.Equal(LengthPrefixedResult.Ok, LengthPrefixed.TryRead(ref buffer, 5, out message));
            Assert.Equal("three"u8.ToArray(), message.ToArray());
            Assert.Equal(LengthPrefixedResult.Incomplete, LengthPrefixed.TryRead(ref buffer, 5, out _));
            Assert.True(buffer.IsEmpty);
        }
    }

    [Theory]
    [InlineData("", LengthPrefixedResult.Incomplete)]
    [InlineData("80", LengthPrefixedResult.Incomplete)]
    [InlineData("0461", LengthPrefixedResult.Incomplete)]
    [InlineData("05", LengthPrefixedResult.TooLong)]
    [InlineData("ffffffffffffffff7f", LengthPrefixedResult.TooLong)]
    [InlineData("ffffffffffffffffff", LengthPrefixedResult.Malformed)]
    [InlineData("8100", LengthPrefixedResult.Malformed)]
    public void Says_why_there_is_no_message(string hex, LengthPrefixedResult expected)
    {
        var buffer = new ReadOnlySequence<byte>(Convert.FromHexString(hex));
        var length = buffer.Length;

        Assert.Equal(expected, LengthPrefixed.TryRead(ref buffer, 4, out _));
        Assert.Equal(length, buffer.Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(100_000)]
    public async Task Reads_what_was_written_and_nothing_behind_it(int length)
    {
        var pipe = NewPipe();
        var sent = TestRandom.Create().Bytes(length);
        var writing = WriteAsync();

        Assert.Equal(sent, await LengthPrefixed.ReadAsync(pipe.Reader, 100_000));
        Assert.Equal("next"u8.ToArray(), await LengthPrefixed.ReadAsync(pipe.Reader, 4));
        Assert.Null(await LengthPrefixed.ReadAsync(pipe.Reader, 4));
        await writing;

        async Task WriteAsync()
        {
            await LengthPrefixed.WriteAsync(pipe.Writer, sent);
            await LengthPrefixed.WriteAsync(pipe.Writer, "next"u8.ToArray());
            await pipe.Writer.CompleteAsync();
        }
    }

    [Fact]
    public async Task Reads_a_message_that_comes_byte_by_byte()
    {
        var pipe = NewPipe();
        var sent = TestRandom.Create().Bytes(3000);
        var writing = WriteAsync();

        Assert.Equal(sent, await LengthPrefixed.ReadAsync(pipe.Reader, 3000));
        await writing;

        async Task WriteAsync()
        {
            var framed = new ArrayBufferWriter<byte>();
            LengthPrefixed.Write(framed, sent);
            for (var i = 0; i < framed.WrittenCount; i++)
                await pipe.Writer.WriteAsync(framed.WrittenMemory.Slice(i, 1));
        }
    }

    [Theory]
    [InlineData("05", "more than 4 bytes")]
    [InlineData("ffffffffffffffff7f", "more than 4 bytes")]
    [InlineData("8100", "no varint")]
    [InlineData("80", "ended within")]
    [InlineData("046162", "ended within")]
    public async Task Refuses_what_is_no_message(string hex, string cause)
    {
        var pipe = NewPipe();
        await pipe.Writer.WriteAsync(Convert.FromHexString(hex));
        await pipe.Writer.CompleteAsync();

        var failure = await Assert.ThrowsAsync<Libp2pException>(() => LengthPrefixed.ReadAsync(pipe.Reader, 4).AsTask());

        Assert.Equal(Libp2pError.ProtocolViolation, failure.Error);
        Assert.Contains(cause, failure.Message);
    }

    [Fact]
    public async Task A_declared_length_reserves_nothing()
    {
        var pipe = NewPipe();
        var framed = new ArrayBufferWriter<byte>();
        Varint.Write(framed, 1_000_000_000);
        framed.Write(new byte[100]);
        await pipe.Writer.WriteAsync(framed.WrittenMemory);
        await pipe.Writer.CompleteAsync();

        var before = GC.GetAllocatedBytesForCurrentThread();
        var reading = LengthPrefixed.ReadAsync(pipe.Reader, int.MaxValue).AsTask();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(reading.IsCompleted);
        await Assert.ThrowsAsync<Libp2pException>(() => reading);
        Assert.InRange(allocated, 0, 100_000);
    }

    [Fact]
    public async Task A_cancelled_wait_throws()
    {
        var pipe = NewPipe();
        await pipe.Writer.WriteAsync(new byte[] { 4, 1 });
        using var source = new CancellationTokenSource();
        var reading = LengthPrefixed.ReadAsync(pipe.Reader, 4, source.Token).AsTask();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    // A threshold far below the longest message: what is not consumed as it comes would stop the writer for ever.
    static Pipe NewPipe() => new(new PipeOptions(pauseWriterThreshold: 4096, resumeWriterThreshold: 2048));
}
