using Libp2p.Testing;
using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using Libp2p.Security.Noise;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Security.Noise;

public sealed class NoiseWriterTests
{
    private static readonly TimeSpan Alive = PipeTransfer.Alive;

    [Fact]
    public async Task What_is_written_between_two_flushes_is_one_frame()
    {
        await using var noise = new NoiseLinkFixture();
        noise.Link.Output.Write("one "u8);
        noise.Link.Output.Write("two "u8);
        Assert.Equal(8 + NoiseFrame.Overhead, noise.Link.Output.UnflushedBytes);
        Assert.Empty(noise.TakeFrames());
        await noise.Link.Output.WriteAsync("three"u8.ToArray());
        Assert.Equal(0, noise.Link.Output.UnflushedBytes);
        Assert.Equal(["one two three"u8.ToArray()], noise.TakeFrames());
    }

    [Fact]
    public async Task Flushing_nothing_sends_nothing()
    {
        await using var noise = new NoiseLinkFixture();
        noise.Link.Output.GetMemory(100);
        await noise.Link.Output.FlushAsync();
        await noise.Link.Output.WriteAsync(ReadOnlyMemory<byte>.Empty);
        Assert.False(noise.Remote.Input.TryRead(out _));
    }

    [Fact]
    public async Task Memory_is_the_inner_output_s_own()
    {
        await using var noise = new NoiseLinkFixture();
        Assert.True(MemoryMarshal.TryGetArray<byte>(noise.Link.Output.GetMemory(1000), out var outer));
        Assert.True(MemoryMarshal.TryGetArray<byte>(noise.Inner.Output.GetMemory(), out var inner));
        Assert.Same(inner.Array, outer.Array);
        Assert.Equal(inner.Offset + NoiseFrame.HeaderLength, outer.Offset);
    }

    [Fact]
    public async Task Large_data_is_split_into_the_longest_frames()
    {
        await using var noise = new NoiseLinkFixture();
        var data = TestRandom.Create().Bytes((3 * NoiseFrame.MaxPlaintext) + 100);
        await noise.Link.Output.WriteAsync(data);
        var frames = noise.TakeFrames();
        Assert.Equal([NoiseFrame.MaxPlaintext, NoiseFrame.MaxPlaintext, NoiseFrame.MaxPlaintext, 100], frames.Select(f => f.Length));
        Assert.Equal(data, frames.SelectMany(f => f).ToArray());
    }

    [Fact]
    public async Task A_piece_that_does_not_fit_begins_a_new_frame()
    {
        await using var noise = new NoiseLinkFixture();
        Fill(noise.Link.Output, 40_000, 1);
        Fill(noise.Link.Output, NoiseFrame.MaxPlaintext, 2);
        Fill(noise.Link.Output, 1, 3);
        await noise.Link.Output.FlushAsync();
        Assert.Equal([40_000, NoiseFrame.MaxPlaintext, 1], noise.TakeFrames().Select(f => f.Length));

        static void Fill(PipeWriter output, int size, byte value)
        {
            output.GetSpan(size)[..size].Fill(value);
            output.Advance(size);
        }
    }

    [Fact]
    public async Task Any_mix_of_sizes_and_flushes_arrives_in_order()
    {
        var random = TestRandom.Create();
        await using var noise = new NoiseLinkFixture(pauseThreshold: 32 * 1024 * 1024);
        List<byte> sent = [];
        List<byte> received = [];
        for (var i = 0; i < 2000; i++)
        {
            var piece = random.Bytes(random.Next(1 << random.Next(1, 15)));
            sent.AddRange(piece);
            switch (random.Next(3))
            {
                case 0:
                    await noise.Link.Output.WriteAsync(piece);
                    break;
                case 1:
                    piece.CopyTo(noise.Link.Output.GetMemory(piece.Length));
                    noise.Link.Output.Advance(piece.Length);
                    break;
                default:
                    noise.Link.Output.Write(piece);
                    break;
            }
            if (random.Next(10) == 0)
                await noise.Link.Output.FlushAsync();
            received.AddRange(noise.TakeFrames().SelectMany(f => f));
        }
        await noise.Link.Output.FlushAsync();
        received.AddRange(noise.TakeFrames().SelectMany(f => f));
        Assert.Equal(sent, received);
    }

    [Fact]
    public async Task More_than_a_frame_at_once_is_refused_with_the_reason()
    {
        await using var noise = new NoiseLinkFixture();
        Assert.True(noise.Link.Output.GetMemory(NoiseFrame.MaxPlaintext).Length >= NoiseFrame.MaxPlaintext);
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => noise.Link.Output.GetMemory(NoiseFrame.MaxPlaintext + 1));
        Assert.Contains("65519", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => noise.Link.Output.GetMemory(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => noise.Link.Output.Advance(NoiseFrame.MaxPlaintext + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => noise.Link.Output.Advance(-1));
    }

    [Fact]
    public async Task Used_up_nonces_end_the_connection()
    {
        await using var noise = new NoiseLinkFixture(nonce: ulong.MaxValue - 1);
        await noise.Link.Output.WriteAsync("last"u8.ToArray());
        var error = await Assert.ThrowsAsync<Libp2pException>(async () => await noise.Link.Output.WriteAsync("more"u8.ToArray()));
        Assert.Contains("nonces", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<Libp2pException>(async () => await noise.Link.Input.ReadAsync());
    }

    [Fact]
    public async Task Writing_goes_on_while_the_reader_flushes_the_handshake()
    {
        // The inner output takes nothing more until the other side reads, so the reader's flush hangs.
        await using var noise = new NoiseLinkFixture(pauseThreshold: 64, isFlushPending: true);
        noise.Inner.Output.Write(new byte[100]);
        var reading = noise.Link.Input.ReadAsync().AsTask();
        noise.Link.Output.Write("staged "u8);
        var data = TestRandom.Create().Bytes(100_000);
        var writing = noise.Link.Output.WriteAsync(data).AsTask();
        Assert.False(writing.IsCompleted);

        var read = await noise.Remote.Input.ReadAsync();
        Assert.Equal(new byte[100], read.Buffer.ToArray());
        noise.Remote.Input.AdvanceTo(read.Buffer.End);

        var received = new ArrayBufferWriter<byte>();
        while (received.WrittenCount < data.Length + 7)
        {
            read = await noise.Remote.Input.ReadAsync().AsTask().WaitAsync(Alive);
            var buffer = read.Buffer;
            while (NoiseFrame.TryReadWhole(buffer, out var length))
            {
                var room = received.GetMemory(length)[..(length - NoiseCipher.TagLength)];
                Assert.True(noise.RemoteReceiving.TryOpen(buffer.Slice(2, length).ToArray(), room.Span));
                received.Advance(room.Length);
                buffer = buffer.Slice(2 + length);
            }
            noise.Remote.Input.AdvanceTo(buffer.Start, buffer.End);
        }
        await writing.WaitAsync(Alive);
        Assert.Equal([.. "staged "u8, .. data], received.WrittenSpan.ToArray());

        await noise.SendAsync(noise.Frame("x"u8));
        Assert.Equal("x"u8.ToArray(), (await reading.WaitAsync(Alive)).Buffer.ToArray());
    }

    [Fact]
    public async Task A_handshake_flush_that_fails_fails_the_writer_too()
    {
        await using var noise = new NoiseLinkFixture(pauseThreshold: 64, isFlushPending: true);
        noise.Inner.Output.Write(new byte[100]);
        var reading = noise.Link.Input.ReadAsync().AsTask();
        var writing = noise.Link.Output.WriteAsync(new byte[10]).AsTask();
        noise.Remote.Abort();
        await Assert.ThrowsAsync<Libp2pException>(() => reading.WaitAsync(Alive));
        await Assert.ThrowsAsync<Libp2pException>(() => writing.WaitAsync(Alive));
    }

    [Fact]
    public async Task A_reader_that_gives_up_leaves_the_handshake_flush_running()
    {
        await using var noise = new NoiseLinkFixture(pauseThreshold: 64, isFlushPending: true);
        noise.Inner.Output.Write(new byte[100]);
        using var cancellation = new CancellationTokenSource();
        var reading = noise.Link.Input.ReadAsync(cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(Alive));
        var read = await noise.Remote.Input.ReadAsync();
        Assert.Equal(100, read.Buffer.Length);
        noise.Remote.Input.AdvanceTo(read.Buffer.End);
        await noise.Link.Output.WriteAsync("on"u8.ToArray()).AsTask().WaitAsync(Alive);
        Assert.Equal(["on"u8.ToArray()], noise.TakeFrames());
    }
}
