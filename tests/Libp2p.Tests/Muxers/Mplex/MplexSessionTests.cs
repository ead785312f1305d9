using Libp2p.Muxers.Mplex;
using Libp2p.Testing;
using Libp2p.Testing.Muxers;

namespace Libp2p.Tests.Muxers.Mplex;

/// <summary>A stream that nobody reads, and what a hostile peer may try, in virtual time.</summary>
public sealed class MplexSessionTests
{
    const int MiB = 1024 * 1024;

    readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task A_stream_that_is_not_read_holds_up_the_others_and_is_then_reset()
    {
        await using var raw = new RawMplex(time: _time);
        var (stuck, other) = (await raw.OpenAsync(0), await raw.OpenAsync(1));
        for (var i = 0; i < 33; i++)
            raw.Write(MplexFlag.MessageInitiator, 0, 10);
        await raw.SendAsync(MplexFlag.MessageInitiator, 1, 1);
        var reading = PipeTransfer.ReadExactlyAsync(other.Input, 1);
        await _time.WaitForTimersAsync(2);
        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(reading.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal([0], await reading);
        Assert.Equal(0, (await raw.ReceiveAsync(h => h.Flag == MplexFlag.ResetReceiver)).StreamId);
        await Assert.ThrowsAsync<StreamResetException>(() => stuck.Input.ReadAsync().AsTask().WaitAsync(PipeTransfer.Alive));
        Assert.False(raw.Session.Closed.IsCompleted);
    }

    [Fact]
    public async Task What_came_for_another_stream_before_one_was_full_is_not_held_up()
    {
        await using var raw = new RawMplex(time: _time);
        await raw.OpenAsync(0);
        var other = await raw.OpenAsync(1);
        var reading = PipeTransfer.ReadExactlyAsync(other.Input, 1);
        for (var i = 0; i < 32; i++)
            raw.Write(MplexFlag.MessageInitiator, 0, 10);
        raw.Write(MplexFlag.MessageInitiator, 1, 1);
        await raw.SendAsync(MplexFlag.MessageInitiator, 0, 10);
        Assert.Equal([0], await reading);
    }

    [Fact]
    public async Task A_full_stream_that_is_read_in_time_loses_nothing()
    {
        await using var raw = new RawMplex(time: _time);
        var stream = await raw.OpenAsync(0);
        for (var i = 0; i < 40; i++)
            raw.Write(MplexFlag.MessageInitiator, 0, 1000);
        raw.Write(MplexFlag.CloseInitiator, 0);
        await raw.Remote.Output.FlushAsync();
        await _time.WaitForTimersAsync(2);
        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Equal(40_000, (await PipeTransfer.HashToEndAsync(stream.Input)).Length);
        await _time.WaitForTimersAsync(1);
    }

    [Fact]
    public async Task A_full_stream_costs_no_more_than_its_bound_and_a_message()
    {
        await using var raw = new RawMplex(time: _time);
        await raw.OpenAsync(0);
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < 16; i++)
                await raw.SendAsync(MplexFlag.MessageInitiator, 0, MiB);
        });
        await _time.WaitForTimersAsync(2);
        // Unread on the stream, and what the link holds: its own bound and a message.
        Assert.InRange(raw.Pool.RentedBytes, 4 * MiB, 8 * MiB);
        _time.Advance(TimeSpan.FromSeconds(5));
        await sending.WaitAsync(PipeTransfer.Alive);
    }

    [Fact]
    public async Task A_full_stream_does_not_keep_the_session_from_ending()
    {
        await using var raw = new RawMplex(time: _time);
        await raw.OpenAsync(0);
        for (var i = 0; i < 40; i++)
            raw.Write(MplexFlag.MessageInitiator, 0, 10);
        await raw.Remote.Output.FlushAsync();
        await _time.WaitForTimersAsync(2);
        raw.Session.Abort(CloseReason.LocalClose);
        await raw.Session.DisposeAsync().AsTask().WaitAsync(PipeTransfer.Alive);
        await _time.WaitForTimersAsync(0);
    }

    [Fact]
    public async Task All_streams_together_are_bounded_and_the_fullest_goes()
    {
        await using var raw = new RawMplex(new MplexOptions { MaxBuffered = 5 * MiB }, _time);
        var (full, fuller) = (await raw.OpenAsync(0), await raw.OpenAsync(1));
        await raw.SendAsync(MplexFlag.MessageInitiator, 0, MiB);
        for (var i = 0; i < 4; i++)
            await raw.SendAsync(MplexFlag.MessageInitiator, 1, MiB);
        Assert.Equal(1, (await raw.ReceiveAsync(h => h.Flag == MplexFlag.ResetReceiver)).StreamId);
        await Assert.ThrowsAsync<StreamResetException>(() => fuller.Input.ReadAsync().AsTask().WaitAsync(PipeTransfer.Alive));
        Assert.Equal(MiB, (await PipeTransfer.ReadExactlyAsync(full.Input, MiB)).Length);
    }

    [Fact]
    public async Task A_stream_that_nobody_reads_any_more_is_reset_after_the_linger()
    {
        await using var raw = new RawMplex(time: _time);
        var stream = await raw.OpenAsync(0);
        await stream.Input.CompleteAsync();
        await raw.SendAsync(MplexFlag.MessageInitiator, 0, MiB);
        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(1, raw.Session.StreamCount);
        _time.Advance(TimeSpan.FromSeconds(10));
        await raw.ReceiveAsync(h => h.Flag == MplexFlag.ResetReceiver);
        Assert.Equal(0, raw.Session.StreamCount);
    }

    [Fact]
    public async Task A_write_that_hangs_ends_the_session()
    {
        await using var raw = new RawMplex(time: _time);
        var stream = await raw.OpenAsync(0);
        var writing = PipeTransfer.SendAsync(stream.Output, new byte[4 * MiB]);
        using var alive = new CancellationTokenSource(PipeTransfer.Alive);
        while (!raw.Session.Closed.IsCompleted)
        {
            alive.Token.ThrowIfCancellationRequested();
            _time.Advance(TimeSpan.FromSeconds(2));
            await Task.Yield();
        }
        Assert.Equal("it took no data for 10 s", (await raw.Session.Closed.WaitAsync(PipeTransfer.Alive)).Detail);
        await Assert.ThrowsAnyAsync<Libp2pException>(() => writing.WaitAsync(PipeTransfer.Alive));
    }

    [Fact]
    public async Task A_hundred_thousand_opens_are_cut_off()
    {
        await using var raw = new RawMplex(time: _time);
        var flood = FloodAsync(raw, i => raw.Write(MplexFlag.NewStream, i));
        await raw.AssertViolationAsync("streams were opened");
        await flood;
    }

    [Fact]
    public async Task Open_and_reset_without_end_is_cut_off()
    {
        // A clock that stands: however slowly the flood comes, none of it is forgiven.
        await using var raw = new RawMplex(time: new ManualTimeProvider());
        var accepting = Task.Run(async () =>
        {
            // They are taken and not answered: a stream that was closed before its reset came would not be an abandoned one.
            List<MuxedStream> taken = [];
            while (await raw.Session.AcceptAsync(CancellationToken.None) is { } stream)
                taken.Add(stream);
            foreach (var stream in taken)
                await stream.DisposeAsync();
        });
        var flood = FloodAsync(raw, i =>
        {
            raw.Write(MplexFlag.NewStream, i);
            raw.Write(MplexFlag.ResetInitiator, i);
        });
        await raw.AssertViolationAsync("streams were opened");
        await flood;
        await accepting.WaitAsync(PipeTransfer.Alive);
    }

    [Fact]
    public async Task Open_and_reset_without_end_is_cut_off_where_nobody_accepts()
    {
        await using var raw = new RawMplex(time: _time);
        var flood = FloodAsync(raw, i =>
        {
            raw.Write(MplexFlag.NewStream, i);
            raw.Write(MplexFlag.ResetInitiator, i);
        });
        await raw.AssertViolationAsync("streams were opened");
        await flood;
    }

    [Fact]
    public async Task A_message_beyond_the_limit_ends_the_session_before_its_data()
    {
        await using var raw = new RawMplex();
        await raw.OpenAsync(0);
        var span = raw.Remote.Output.GetSpan(MplexHeader.MaxSize);
        raw.Remote.Output.Advance(new MplexHeader(MplexFlag.MessageInitiator, 0, MiB + 1).Write(span));
        await raw.Remote.Output.FlushAsync();
        await raw.AssertViolationAsync("1048577 bytes");
    }

    [Fact]
    public async Task A_link_that_ends_within_a_message_was_lost()
    {
        await using var raw = new RawMplex();
        var stream = await raw.OpenAsync(0);
        var span = raw.Remote.Output.GetSpan(MplexHeader.MaxSize + 3);
        raw.Remote.Output.Advance(new MplexHeader(MplexFlag.MessageInitiator, 0, 10).Write(span) + 3);
        await raw.Remote.Output.FlushAsync();
        await raw.Remote.Output.CompleteAsync();
        Assert.Equal(CloseCode.LinkLost, (await raw.Session.Closed.WaitAsync(PipeTransfer.Alive)).Code);
        Assert.Equal(3, (await PipeTransfer.ReadExactlyAsync(stream.Input, 3)).Length);
        await Assert.ThrowsAsync<Libp2pException>(() => stream.Input.ReadAsync().AsTask().WaitAsync(PipeTransfer.Alive));
    }

    /// <summary>Writes a hundred thousand times, or until the session has heard enough.</summary>
    static async Task FloodAsync(RawMplex raw, Action<int> write)
    {
        try
        {
            for (var i = 0; i < 100_000; i++)
            {
                write(i);
                if (i % 100 == 99)
                    await raw.Remote.Output.FlushAsync();
            }
        }
        catch (Libp2pException)
        {
            // Cut off, as it should be.
        }
    }
}
