using Libp2p.Testing;
using System.Buffers;
using Libp2p.Security.Noise;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Security.Noise;

public sealed class NoiseReaderTests
{
    private static readonly TimeSpan Alive = PipeTransfer.Alive;

    [Fact]
    public async Task All_frames_that_are_there_are_one_piece()
    {
        await using var noise = new NoiseLinkFixture();
        await noise.SendAsync(noise.Frame("one "u8), noise.Frame("two "u8), noise.Frame("three"u8));
        var read = await noise.Link.Input.ReadAsync();
        Assert.True(read.Buffer.IsSingleSegment);
        Assert.Equal("one two three"u8, read.Buffer.FirstSpan);
    }

    [Fact]
    public async Task The_longest_frame_is_read_and_its_length_is_unsigned()
    {
        await using var noise = new NoiseLinkFixture();
        var plaintext = TestRandom.Create().Bytes(NoiseFrame.MaxPlaintext);
        var frame = noise.Frame(plaintext);
        Assert.Equal([0xff, 0xff], frame[..2]);
        // The remote's pipe has segments of 4 KiB, so this one is gathered from many.
        await noise.SendAsync(frame);
        await noise.Remote.Output.CompleteAsync();
        Assert.Equal(plaintext, await noise.ReadToEndAsync());
    }

    [Fact]
    public async Task Frames_may_arrive_byte_by_byte()
    {
        await using var noise = new NoiseLinkFixture();
        var bytes = noise.Frame("slow"u8).Concat(noise.Frame(" and steady"u8)).ToArray();
        var reading = noise.ReadToEndAsync();
        foreach (var b in bytes)
            await noise.SendAsync([b]);
        await noise.Remote.Output.CompleteAsync();
        Assert.Equal("slow and steady"u8.ToArray(), await reading.WaitAsync(Alive));
    }

    [Fact]
    public async Task A_burst_is_read_in_portions_and_the_rest_waits_below()
    {
        await using var noise = new NoiseLinkFixture();
        var frames = Enumerable.Range(0, 10).Select(_ => noise.Frame(new byte[NoiseFrame.MaxPlaintext])).ToArray();
        await noise.SendAsync(frames);
        List<long> sizes = [];
        for (var left = 10L * NoiseFrame.MaxPlaintext; left > 0;)
        {
            var read = await noise.Link.Input.ReadAsync();
            sizes.Add(read.Buffer.Length);
            left -= read.Buffer.Length;
            noise.Link.Input.AdvanceTo(read.Buffer.End);
        }
        Assert.Equal([4L * NoiseFrame.MaxPlaintext, 4L * NoiseFrame.MaxPlaintext, 2L * NoiseFrame.MaxPlaintext], sizes);
    }

    [Fact]
    public async Task A_message_may_span_many_reads()
    {
        await using var noise = new NoiseLinkFixture();
        var plaintext = TestRandom.Create().Bytes(900_000);
        foreach (var chunk in plaintext.Chunk(10_000))
            await noise.SendAsync(noise.Frame(chunk));
        var read = await noise.Link.Input.ReadAtLeastAsync(plaintext.Length);
        Assert.Equal(plaintext, read.Buffer.ToArray());
        noise.Link.Input.AdvanceTo(read.Buffer.End);
    }

    [Fact]
    public async Task Frames_without_plaintext_are_let_pass()
    {
        await using var noise = new NoiseLinkFixture();
        await noise.SendAsync(noise.Frame([]), noise.Frame([]));
        var reading = noise.Link.Input.ReadAsync().AsTask();
        await noise.SendAsync(noise.Frame([]));
        Assert.False(reading.IsCompleted);
        await noise.SendAsync(noise.Frame([]), noise.Frame("x"u8), noise.Frame([]));
        var read = await reading.WaitAsync(Alive);
        Assert.Equal("x"u8.ToArray(), read.Buffer.ToArray());
    }

    [Fact]
    public async Task The_end_between_two_frames_is_the_end()
    {
        await using var noise = new NoiseLinkFixture();
        await noise.SendAsync(noise.Frame("all"u8));
        await noise.Remote.Output.CompleteAsync();
        Assert.Equal("all"u8.ToArray(), await noise.ReadToEndAsync());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(10)]
    [InlineData(22)]
    public async Task The_end_within_a_frame_is_a_truncation(int kept)
    {
        await using var noise = new NoiseLinkFixture();
        await noise.SendAsync(noise.Frame("whole"u8), noise.Frame("words"u8)[..kept]);
        await noise.Remote.Output.CompleteAsync();
        var error = await Assert.ThrowsAsync<Libp2pException>(() => noise.ReadToEndAsync().WaitAsync(Alive));
        Assert.Equal(Libp2pError.ConnectionClosed, error.Error);
        Assert.Contains("truncated", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_of_any_byte_ends_the_connection()
    {
        for (var at = 0; at < 5 + NoiseFrame.Overhead; at++)
        {
            await using var noise = new NoiseLinkFixture();
            var frame = noise.Frame("words"u8);
            frame[at] ^= 1;
            // A changed length may ask for more bytes: they are there.
            await noise.SendAsync(frame, new byte[1024]);
            await AssertEndedAsync(noise, "authenticate");
        }
    }

    [Fact]
    public async Task A_repeated_frame_ends_the_connection()
    {
        await using var noise = new NoiseLinkFixture();
        var frame = noise.Frame("again"u8);
        await noise.SendAsync(frame);
        var read = await noise.Link.Input.ReadAsync();
        noise.Link.Input.AdvanceTo(read.Buffer.End);
        await noise.SendAsync(frame);
        await AssertEndedAsync(noise, "authenticate");
    }

    [Fact]
    public async Task Frames_in_another_order_end_the_connection()
    {
        await using var noise = new NoiseLinkFixture();
        var (first, second) = (noise.Frame("first"u8), noise.Frame("second"u8));
        await noise.SendAsync(second, first);
        await AssertEndedAsync(noise, "authenticate");
    }

    [Fact]
    public async Task A_lost_frame_ends_the_connection()
    {
        await using var noise = new NoiseLinkFixture();
        var (first, _, third) = (noise.Frame("first"u8), noise.Frame("second"u8), noise.Frame("third"u8));
        await noise.SendAsync(first, third);
        await AssertEndedAsync(noise, "authenticate");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    public async Task A_frame_shorter_than_its_tag_ends_the_connection(int length)
    {
        await using var noise = new NoiseLinkFixture();
        await noise.SendAsync(ScriptedPeer.Framed(new byte[length]));
        await AssertEndedAsync(noise, "shorter than its tag");
    }

    [Fact]
    public async Task Used_up_nonces_end_the_connection()
    {
        await using var noise = new NoiseLinkFixture(nonce: ulong.MaxValue - 1);
        await noise.SendAsync(noise.Frame("last"u8));
        var read = await noise.Link.Input.ReadAsync();
        Assert.Equal("last"u8.ToArray(), read.Buffer.ToArray());
        noise.Link.Input.AdvanceTo(read.Buffer.End);
        await noise.SendAsync(ScriptedPeer.Framed(new byte[20]));
        await AssertEndedAsync(noise, "nonces");
    }

    [Fact]
    public async Task Nothing_is_rented_while_nothing_waits()
    {
        await using var noise = new NoiseLinkFixture();
        await noise.SendAsync(noise.Frame(new byte[60_000]));
        var read = await noise.Link.Input.ReadAsync();
        noise.Link.Input.AdvanceTo(read.Buffer.End);
        var reading = noise.Link.Input.ReadAsync().AsTask();
        Assert.False(reading.IsCompleted);
        Assert.InRange(noise.Pool.RentedBytes, 0, 8 * 1024); // what the pipe of the test keeps
        noise.Link.Abort();
        await Assert.ThrowsAsync<Libp2pException>(() => reading.WaitAsync(Alive));
    }

    [Fact]
    public async Task A_cancelled_read_loses_nothing()
    {
        await using var noise = new NoiseLinkFixture();
        using var cancellation = new CancellationTokenSource();
        var reading = noise.Link.Input.ReadAsync(cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(Alive));
        await noise.SendAsync(noise.Frame("later"u8));
        Assert.Equal("later"u8.ToArray(), (await noise.Link.Input.ReadAsync()).Buffer.ToArray());
    }

    private static async Task AssertEndedAsync(NoiseLinkFixture noise, string reason)
    {
        var error = await Assert.ThrowsAsync<Libp2pException>(() => noise.Link.Input.ReadAsync().AsTask().WaitAsync(Alive));
        Assert.Equal(Libp2pError.ProtocolViolation, error.Error);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        // For good: here, and for the other side too.
        Assert.Same(error, await Assert.ThrowsAsync<Libp2pException>(async () => await noise.Link.Input.ReadAsync()));
        Assert.Same(error, await Assert.ThrowsAsync<Libp2pException>(async () => await noise.Link.Output.WriteAsync(new byte[1])));
        await Assert.ThrowsAsync<Libp2pException>(() => noise.Remote.Input.ReadAsync().AsTask().WaitAsync(Alive));
    }
}
