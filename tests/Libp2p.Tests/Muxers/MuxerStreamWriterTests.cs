using System.Buffers;
using System.IO.Pipelines;
using Libp2p.Muxers;
using Libp2p.Testing;

namespace Libp2p.Tests.Muxers;

/// <summary>The writing end alone; the test is the pump that takes from it.</summary>
public sealed class MuxerStreamWriterTests : IDisposable
{
    private readonly BufferPool _pool = new();
    private readonly HandPumpedStream _stream;
    private readonly byte[] _bytes = TestRandom.Bytes(1000);
    private readonly byte[] _expected;

    public MuxerStreamWriterTests()
    {
        _stream = new HandPumpedStream(_pool);
        _expected = [.. _bytes];
    }

    public void Dispose()
    {
        Assert.Equal(0, _pool.RentedBytes);
        _pool.Dispose();
    }

    [Fact]
    public async Task Sends_what_is_written_from_where_it_lies()
    {
        var writing = _stream.Output.WriteAsync(_bytes).AsTask();
        Assert.Equal(0, _pool.RentedBytes);
        Assert.Equal(_expected[..700], _stream.Take(700));
        Assert.False(writing.IsCompleted);
        Assert.Equal(_expected[700..], _stream.Take(700));
        await writing.WaitAsync(PipeTransfer.Alive);
        Assert.Equal(_bytes.Length, _stream.Queued);
    }

    [Fact]
    public async Task Gives_the_memory_back_with_the_cancellation_and_sends_what_was_in_it()
    {
        using var cancellation = new CancellationTokenSource();
        var writing = _stream.Output.WriteAsync(_bytes, cancellation.Token).AsTask();
        Assert.Equal(_expected[..300], _stream.Take(300));
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing.WaitAsync(PipeTransfer.Alive));
        Array.Clear(_bytes);
        Assert.Equal(_expected[300..], _stream.Take(1000));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Gives_the_memory_back_with_a_cancelled_flush_and_sends_what_was_in_it(bool before)
    {
        if (before)
            _stream.Output.CancelPendingFlush();
        var writing = _stream.Output.WriteAsync(_bytes).AsTask();
        if (!before)
            _stream.Output.CancelPendingFlush();
        Assert.True((await writing.WaitAsync(PipeTransfer.Alive)).IsCanceled);
        Array.Clear(_bytes);
        Assert.Equal(_expected, _stream.Take(2000));
    }

    [Fact]
    public async Task A_cancelled_token_stops_the_wait_and_not_the_bytes()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await _stream.Output.WriteAsync(_bytes, new CancellationToken(canceled: true)));
        Array.Clear(_bytes);
        var flushing = _stream.Output.FlushAsync().AsTask();
        Assert.Equal(_expected, _stream.Take(2000));
        await flushing.WaitAsync(PipeTransfer.Alive);
    }

    [Fact]
    public async Task What_is_written_follows_what_waits_for_a_flush()
    {
        _stream.Output.Write(_expected.AsSpan(0, 10));
        var writing = _stream.Output.WriteAsync(_bytes.AsMemory(10)).AsTask();
        Assert.Equal(_expected, _stream.Take(2000));
        await writing.WaitAsync(PipeTransfer.Alive);
    }

    [Fact]
    public async Task What_is_gathered_behind_a_write_that_waits_follows_it()
    {
        var writing = _stream.Output.WriteAsync(_bytes.AsMemory(0, 600)).AsTask();
        Assert.Equal(_expected[..100], _stream.Take(100));
        _stream.Output.Write(_bytes.AsSpan(600));
        Assert.Equal(400, _stream.Output.UnflushedBytes);
        Assert.Equal(_expected[100..600], _stream.Take(2000));
        await writing.WaitAsync(PipeTransfer.Alive);
        var flushing = _stream.Output.FlushAsync().AsTask();
        Assert.Equal(_expected[600..], _stream.Take(2000));
        await flushing.WaitAsync(PipeTransfer.Alive);
    }

    [Fact]
    public async Task A_second_write_while_one_waits_is_refused_and_loses_nothing()
    {
        var writing = _stream.Output.WriteAsync(_bytes.AsMemory(0, 600)).AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await _stream.Output.WriteAsync(_bytes.AsMemory(600)));
        Assert.Equal(_expected, _stream.Take(2000));
        await writing.WaitAsync(PipeTransfer.Alive);
    }

    [Fact]
    public async Task A_reset_gives_the_memory_back_and_takes_nothing_more_from_it()
    {
        var writing = _stream.Output.WriteAsync(_bytes).AsTask();
        _stream.Reset();
        await Assert.ThrowsAsync<StreamResetException>(() => writing.WaitAsync(PipeTransfer.Alive));
        Assert.Empty(_stream.Take(2000));
    }

    [Fact]
    public async Task A_write_that_waits_is_sent_although_writing_has_ended()
    {
        var writing = _stream.Output.WriteAsync(_bytes).AsTask();
        _stream.Output.Complete();
        Assert.Equal(_expected, _stream.Take(2000));
        await writing.WaitAsync(PipeTransfer.Alive);
    }

    [Fact]
    public void What_is_written_across_the_end_of_writing_is_refused_and_holds_no_memory()
    {
        _stream.Output.Write(_expected);
        _stream.Output.GetMemory(3000);
        _stream.Output.Complete();
        Assert.Throws<InvalidOperationException>(() => _stream.Output.Advance(3000));
        Assert.Equal(_expected, _stream.Take(8000));
        Assert.Equal(_expected.Length, _stream.Queued);
    }

    private sealed class HandPumpedStream(BufferPool pool) : MuxerStream(new object(), pool)
    {
        public long Queued { get; private set; }

        public override long Id => 1;

        public override Role Role => Role.Dialer;

        public override bool IsUnannounced => false;

        public byte[] Take(int most)
        {
            var taken = new byte[most];
            return taken[..Writer.Take(taken)];
        }

        public override void Queue(int bytes) => Queued += bytes;

        public override void EndWriting(int bytes) => Queued += bytes;

        public override void Consumed(long bytes, long unread)
        {
        }

        public override void EndReading(long dropped)
        {
        }

        public override void Charge(long bytes)
        {
        }

        protected override void OnReset()
        {
        }
    }
}
