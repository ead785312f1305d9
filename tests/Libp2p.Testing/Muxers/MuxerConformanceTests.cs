using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Xunit;

namespace Libp2p.Testing.Muxers;

/// <summary>What every muxer must do. Derive from it and give the protocol.</summary>
public abstract class MuxerConformanceTests
{
    /// <summary>How long anything may take before it counts as hung.</summary>
    protected static readonly TimeSpan Alive = PipeTransfer.Alive;

    /// <summary>Makes the protocol anew, with its default bounds.</summary>
    /// <param name="time">Its clock; null for the system's.</param>
    protected abstract IMuxerProtocol Create(TimeProvider? time = null);

    /// <summary>The most bytes that a writer may get rid of while nobody reads.</summary>
    protected virtual long MostUnread => 2 * 1024 * 1024;

    /// <summary>How many streams one side may open at once.</summary>
    protected virtual int ManyStreams => 200;

    /// <summary>Both sides of a stream, the opener's first; who opens is the parameter of the tests.</summary>
    protected static Task<(MuxedStream Near, MuxedStream Far)> OpenAsync(MuxerPair pair, Role opener) => opener == Role.Dialer
        ? MuxerPair.OpenAsync(pair.Dialer, pair.Listener)
        : MuxerPair.OpenAsync(pair.Listener, pair.Dialer);

    [Theory]
    [InlineData(Role.Dialer)]
    [InlineData(Role.Listener)]
    public async Task Either_side_opens_streams(Role opener)
    {
        await using var pair = new MuxerPair(Create());
        var (near, far) = await OpenAsync(pair, opener);
        Assert.Equal(Role.Dialer, near.Role);
        Assert.Equal(Role.Listener, far.Role);
        Assert.Equal(near.Id, far.Id);
        Assert.Equal(1, pair.Dialer.StreamCount);
        Assert.Equal(1, pair.Listener.StreamCount);
        await far.Output.WriteAsync("answer"u8.ToArray());
        Assert.Equal("answer"u8.ToArray(), await PipeTransfer.ReadExactlyAsync(near.Input, 6));
    }

    [Fact]
    public async Task An_opener_who_only_reads_gets_what_the_other_side_sends()
    {
        await using var pair = new MuxerPair(Create());
        var near = await pair.Dialer.OpenAsync(CancellationToken.None);
        var reading = PipeTransfer.ReadExactlyAsync(near.Input, 5);
        var far = await pair.Listener.AcceptAsync(CancellationToken.None).AsTask().WaitAsync(Alive);
        Assert.NotNull(far);
        await far.Output.WriteAsync("first"u8.ToArray());
        Assert.Equal("first"u8.ToArray(), await reading);
    }

    [Theory]
    [InlineData(Role.Dialer)]
    [InlineData(Role.Listener)]
    public async Task Data_of_odd_sizes_passes_both_ways_at_once(Role opener)
    {
        var (there, back) = (TestRandom.Bytes(5_000_011, 1), TestRandom.Bytes(3_000_017, 2));
        await using var pair = new MuxerPair(Create());
        var (near, far) = await OpenAsync(pair, opener);
        var (atFar, atNear) = (PipeTransfer.HashToEndAsync(far.Input), PipeTransfer.HashToEndAsync(near.Input));
        await Task.WhenAll(PipeTransfer.SendAsync(near.Output, there, 3, complete: true), PipeTransfer.SendAsync(far.Output, back, 4, complete: true)).WaitAsync(Alive);
        Assert.Equal(there.Length, (await atFar).Length);
        Assert.Equal(SHA256.HashData(there), (await atFar).Hash);
        Assert.Equal(back.Length, (await atNear).Length);
        Assert.Equal(SHA256.HashData(back), (await atNear).Hash);
    }

    [Theory]
    [InlineData(Role.Dialer)]
    [InlineData(Role.Listener)]
    public async Task A_side_that_has_ended_writing_goes_on_reading(Role opener)
    {
        await using var pair = new MuxerPair(Create());
        foreach (var openerEnds in new[] { true, false })
        {
            var (near, far) = await OpenAsync(pair, opener);
            var (ending, other) = openerEnds ? (near, far) : (far, near);
            await ending.Output.WriteAsync("last words"u8.ToArray());
            await ending.Output.CompleteAsync();
            Assert.Equal("last words"u8.ToArray(), await PipeTransfer.ReadToEndAsync(other.Input));
            var reading = PipeTransfer.HashToEndAsync(ending.Input);
            await PipeTransfer.SendAsync(other.Output, new byte[3_000_000], complete: true).WaitAsync(Alive);
            Assert.Equal(3_000_000, (await reading).Length);
            await ending.DisposeAsync();
            await other.DisposeAsync();
        }
        await EmptyAsync(pair);
    }

    [Theory]
    [InlineData(Role.Dialer)]
    [InlineData(Role.Listener)]
    public async Task A_reset_fails_both_directions_on_both_sides(Role opener)
    {
        await using var pair = new MuxerPair(Create());
        foreach (var openerResets in new[] { true, false })
        {
            var (near, far) = await OpenAsync(pair, opener);
            var (resetting, other) = openerResets ? (near, far) : (far, near);
            var pending = resetting.Input.ReadAsync().AsTask();
            resetting.Reset();
            var seen = await Assert.ThrowsAsync<StreamResetException>(() => other.Input.ReadAsync().AsTask().WaitAsync(Alive));
            Assert.True(seen.ByRemote);
            var own = await Assert.ThrowsAsync<StreamResetException>(() => pending.WaitAsync(Alive));
            Assert.False(own.ByRemote);
            await Assert.ThrowsAsync<StreamResetException>(async () => await other.Output.WriteAsync(new byte[1]));
            await Assert.ThrowsAsync<StreamResetException>(async () => await resetting.Output.WriteAsync(new byte[1]));
            await near.DisposeAsync();
            await far.DisposeAsync();
        }
        await EmptyAsync(pair);
    }

    [Fact]
    public async Task Completing_the_output_with_an_exception_is_a_reset()
    {
        await using var pair = new MuxerPair(Create());
        var (near, far) = await OpenAsync(pair, Role.Dialer);
        await near.Output.CompleteAsync(new InvalidOperationException("the application failed"));
        await Assert.ThrowsAsync<StreamResetException>(() => far.Input.ReadAsync().AsTask().WaitAsync(Alive));
    }

    [Fact]
    public async Task Completing_the_input_drops_what_still_comes_and_the_writer_never_hangs()
    {
        await using var pair = new MuxerPair(Create());
        var (near, far) = await OpenAsync(pair, Role.Dialer);
        await far.Input.CompleteAsync();
        await PipeTransfer.SendAsync(near.Output, new byte[4_000_000], complete: true).WaitAsync(Alive);
        await far.Output.WriteAsync("still here"u8.ToArray());
        Assert.Equal("still here"u8.ToArray(), await PipeTransfer.ReadExactlyAsync(near.Input, 10));
    }

    [Fact]
    public async Task Many_streams_at_once()
    {
        await using var pair = new MuxerPair(Create());
        using var stop = new CancellationTokenSource();
        var echoing = ServeEchoAsync(pair.Listener, stop.Token);
        await Task.WhenAll(Enumerable.Range(0, ManyStreams).Select(async i =>
        {
            var bytes = TestRandom.Bytes(10_000 + i, i);
            await using var stream = await pair.Dialer.OpenAsync(CancellationToken.None);
            var reading = PipeTransfer.HashToEndAsync(stream.Input);
            await PipeTransfer.SendAsync(stream.Output, bytes, i, complete: true);
            Assert.Equal(SHA256.HashData(bytes), (await reading).Hash);
        })).WaitAsync(Alive);
        await EmptyAsync(pair);
        await stop.CancelAsync();
        await echoing.WaitAsync(Alive);
    }

    [Fact]
    public async Task Both_sides_open_at_once()
    {
        await using var pair = new MuxerPair(Create());
        using var stop = new CancellationTokenSource();
        var echoing = Task.WhenAll(ServeEchoAsync(pair.Listener, stop.Token), ServeEchoAsync(pair.Dialer, stop.Token));
        await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
        {
            await using var stream = await (i % 2 == 0 ? pair.Dialer : pair.Listener).OpenAsync(CancellationToken.None);
            await stream.Output.WriteAsync(BitConverter.GetBytes(i));
            await stream.Output.CompleteAsync();
            Assert.Equal(BitConverter.GetBytes(i), await PipeTransfer.ReadToEndAsync(stream.Input));
        })).WaitAsync(Alive);
        await EmptyAsync(pair);
        await stop.CancelAsync();
        await echoing.WaitAsync(Alive);
    }

    [Fact]
    public async Task A_cancelled_read_can_be_repeated()
    {
        await using var pair = new MuxerPair(Create());
        var (near, far) = await OpenAsync(pair, Role.Dialer);
        using var cancellation = new CancellationTokenSource();
        var reading = near.Input.ReadAsync(cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(Alive));
        Assert.Equal(cancellation.Token, cancelled.CancellationToken);
        await far.Output.WriteAsync("later"u8.ToArray());
        Assert.Equal("later"u8.ToArray(), await PipeTransfer.ReadExactlyAsync(near.Input, 5));

        var pending = near.Input.ReadAsync().AsTask();
        near.Input.CancelPendingRead();
        var result = await pending.WaitAsync(Alive);
        Assert.True(result.IsCanceled);
        near.Input.AdvanceTo(result.Buffer.End);
    }

    [Fact]
    public async Task A_cancelled_flush_loses_nothing()
    {
        await using var pair = new MuxerPair(Create());
        var (near, far) = await OpenAsync(pair, Role.Dialer);
        var bytes = TestRandom.Bytes((int)MostUnread);
        using var cancellation = new CancellationTokenSource();
        // More than the window: the flush waits for the reader.
        bytes.CopyTo(near.Output.GetMemory(bytes.Length));
        near.Output.Advance(bytes.Length);
        var flushing = near.Output.FlushAsync(cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => flushing.WaitAsync(Alive));
        var reading = PipeTransfer.HashToEndAsync(far.Input);
        await near.Output.FlushAsync().AsTask().WaitAsync(Alive);
        await near.Output.CompleteAsync();
        Assert.Equal(SHA256.HashData(bytes), (await reading).Hash);
    }

    [Fact]
    public async Task A_cancelled_accept_loses_no_stream()
    {
        await using var pair = new MuxerPair(Create());
        using var cancellation = new CancellationTokenSource();
        var accepting = pair.Listener.AcceptAsync(cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => accepting.WaitAsync(Alive));
        await OpenAsync(pair, Role.Dialer);
    }

    [Fact]
    public async Task Closing_fails_open_streams_with_the_reason()
    {
        // By a clock that stands: whoever closes waits for the other to leave, however slow that is here.
        await using var pair = new MuxerPair(Create(new ManualTimeProvider()));
        var (near, far) = await OpenAsync(pair, Role.Dialer);
        var (reading, writing) = (near.Input.ReadAsync().AsTask(), FillAsync(near.Output));
        var accepting = pair.Dialer.AcceptAsync(CancellationToken.None).AsTask();
        await pair.Listener.DisposeAsync().AsTask().WaitAsync(Alive);
        Assert.Equal(CloseCode.LocalClose, (await pair.Listener.Closed.WaitAsync(Alive)).Code);
        Assert.Equal(CloseCode.RemoteClose, (await pair.Dialer.Closed.WaitAsync(Alive)).Code);
        Assert.Null(await accepting.WaitAsync(Alive));
        foreach (var task in new Task[] { reading, writing, far.Input.ReadToEndOrFailAsync() })
        {
            var failure = await Assert.ThrowsAnyAsync<Libp2pException>(() => task.WaitAsync(Alive));
            Assert.Equal(Libp2pError.ConnectionClosed, failure.Error);
        }
        var late = await Assert.ThrowsAsync<Libp2pException>(() => pair.Dialer.OpenAsync(CancellationToken.None).AsTask().WaitAsync(Alive));
        Assert.Equal(Libp2pError.ConnectionClosed, late.Error);
        Assert.Equal(0, pair.Dialer.StreamCount);
        Assert.Equal(0, pair.Listener.StreamCount);
    }

    [Fact]
    public async Task What_has_arrived_can_be_read_after_the_other_side_closed()
    {
        // By a clock that stands: whoever closes waits for the other to leave, however slow that is here.
        await using var pair = new MuxerPair(Create(new ManualTimeProvider()));
        var (near, far) = await OpenAsync(pair, Role.Dialer);
        await near.Output.WriteAsync("goodbye"u8.ToArray());
        await near.Output.CompleteAsync();
        await pair.Dialer.DisposeAsync().AsTask().WaitAsync(Alive);
        await pair.Listener.Closed.WaitAsync(Alive);
        Assert.Equal("goodbye"u8.ToArray(), await PipeTransfer.ReadToEndAsync(far.Input));
    }

    [Fact]
    public async Task Abort_ends_everything_at_once_and_the_first_reason_stays()
    {
        await using var pair = new MuxerPair(Create());
        var (near, far) = await OpenAsync(pair, Role.Dialer);
        var reading = near.Input.ReadAsync().AsTask();
        var remoteReading = far.Input.ReadAsync().AsTask();
        pair.Dialer.Abort(new CloseReason(CloseCode.LimitReached, "enough"));
        pair.Dialer.Abort(new CloseReason(CloseCode.InternalError));
        Assert.Equal(new CloseReason(CloseCode.LimitReached, "enough"), await pair.Dialer.Closed.WaitAsync(Alive));
        var failure = await Assert.ThrowsAsync<Libp2pException>(() => reading.WaitAsync(Alive));
        Assert.Contains("enough", failure.Message, StringComparison.Ordinal);
        Assert.Contains((await pair.Listener.Closed.WaitAsync(Alive)).Code, new[] { CloseCode.LinkLost, CloseCode.RemoteClose });
        await Assert.ThrowsAnyAsync<Libp2pException>(() => remoteReading.WaitAsync(Alive));
    }

    [Fact]
    public async Task A_link_that_breaks_ends_both_sides_with_a_reason()
    {
        await using var pair = new MuxerPair(Create());
        var (near, far) = await OpenAsync(pair, Role.Dialer);
        var reading = near.Input.ReadAsync().AsTask();
        pair.Links.Dialer.Abort(new IOException("the cable was pulled"));
        var reason = await pair.Dialer.Closed.WaitAsync(Alive);
        Assert.Equal(CloseCode.LinkLost, reason.Code);
        Assert.Contains("cable", reason.Detail, StringComparison.Ordinal);
        Assert.Equal(CloseCode.LinkLost, (await pair.Listener.Closed.WaitAsync(Alive)).Code);
        await Assert.ThrowsAnyAsync<Libp2pException>(() => reading.WaitAsync(Alive));
        await Assert.ThrowsAnyAsync<Libp2pException>(() => far.Input.ReadAsync().AsTask().WaitAsync(Alive));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Disposal_leaks_nothing(bool inGoodOrder)
    {
        var pair = new MuxerPair(Create());
        for (var i = 0; i < 20; i++)
        {
            var (near, far) = await OpenAsync(pair, i % 2 == 0 ? Role.Dialer : Role.Listener);
            await near.Output.WriteAsync(new byte[50_000]);
            near.Output.GetMemory(100);
            if (i % 3 == 0)
                far.Reset();
            else if (i % 3 == 1)
                await far.DisposeAsync();
            // The rest is left open, with data unread, one of them never accepted.
        }
        var unaccepted = await pair.Dialer.OpenAsync(CancellationToken.None);
        await unaccepted.Output.WriteAsync(new byte[50_000]);
        if (!inGoodOrder)
            pair.Dialer.Abort(new CloseReason(CloseCode.Shutdown));
        await pair.DisposeAsync();
        Assert.Equal(0, pair.Dialer.StreamCount);
        Assert.Equal(0, pair.Listener.StreamCount);
        // Streams that the application still holds keep what they hold until it lets go of them: there are 20 of at most 65 KiB.
        Assert.InRange(pair.Pool.RentedBytes, 0, 20 * 66 * 1024);
    }

    [Fact]
    public async Task Streams_that_are_disposed_give_all_memory_back()
    {
        var pair = new MuxerPair(Create());
        for (var i = 0; i < 50; i++)
        {
            var (near, far) = await OpenAsync(pair, i % 2 == 0 ? Role.Dialer : Role.Listener);
            await near.Output.WriteAsync(new byte[100_000]);
            near.Output.GetMemory(100);
            if (i % 3 == 0)
                far.Reset();
            await near.DisposeAsync();
            await far.DisposeAsync();
        }
        await EmptyAsync(pair);
        await pair.DisposeAsync();
        Assert.Equal(0, pair.Pool.RentedBytes);
    }

    [Fact]
    public async Task Disposal_may_be_repeated()
    {
        var pair = new MuxerPair(Create());
        await pair.DisposeAsync();
        await pair.DisposeAsync();
        pair.Dialer.Abort(CloseReason.LocalClose);
    }

    /// <summary>Waits until neither side has a stream.</summary>
    protected static Task EmptyAsync(MuxerPair pair) => PipeTransfer.UntilAsync(() => pair.Dialer.StreamCount + pair.Listener.StreamCount == 0);

    /// <summary>Accepts streams and sends back what comes on each.</summary>
    protected static async Task ServeEchoAsync(IMuxer muxer, CancellationToken cancellationToken)
    {
        var running = new List<Task>();
        try
        {
            while (await muxer.AcceptAsync(cancellationToken) is { } stream)
                running.Add(EchoBackAsync(stream));
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
        await Task.WhenAll(running);

        static async Task EchoBackAsync(MuxedStream stream)
        {
            await stream.Input.CopyToAsync(stream.Output, CancellationToken.None);
            await stream.DisposeAsync();
        }
    }

    private static async Task FillAsync(PipeWriter output)
    {
        while (true)
            await output.WriteAsync(new byte[64 * 1024]);
    }
}

/// <summary>Reads until something fails.</summary>
file static class Endless
{
    public static async Task ReadToEndOrFailAsync(this PipeReader input)
    {
        while (true)
        {
            var read = await input.ReadAsync();
            input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return;
        }
    }
}
