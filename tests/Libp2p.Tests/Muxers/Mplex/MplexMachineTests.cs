using Libp2p.Muxers.Mplex;

namespace Libp2p.Tests.Muxers.Mplex;

public sealed class MplexMachineTests
{
    readonly MplexMachine _machine = new(new MplexOptions());

    [Fact]
    public void The_defaults_are_those_of_the_limits()
    {
        var options = new MplexOptions();
        options.Validate();
        Assert.Equal((1024 * 1024, 128, 32, 4 * 1024 * 1024), (options.MaxMessage, options.MaxInboundStreams, options.MaxUnreadMessages, options.MaxUnread));
        Assert.Equal((5, 32L * 1024 * 1024), (options.FullTimeout.TotalSeconds, options.MaxBuffered));
        Assert.Equal((100, 1000), (options.AbandonedStreamsPerSecond, options.AbandonedStreamsBurst));
    }

    [Fact]
    public void A_stream_is_announced_before_its_data_and_closed_after_it()
    {
        var state = _machine.Open()!;
        _machine.Queue(state, 5);
        _machine.EndWriting(state);
        Assert.Equal([new(MplexFlag.NewStream, 0, 0), new(MplexFlag.MessageInitiator, 0, 5), new(MplexFlag.CloseInitiator, 0, 0)], Drain());
        Assert.Equal(1, _machine.StreamCount);
        Assert.Equal(MplexEvents.Ended, Receive(MplexFlag.CloseReceiver, 0).Events);
        Assert.Equal(0, _machine.StreamCount);
    }

    [Fact]
    public void What_is_flushed_behind_the_close_is_not_sent()
    {
        var state = _machine.Open()!;
        Assert.True(_machine.Queue(state, 5));
        _machine.EndWriting(state);
        Assert.True(_machine.Queue(state, 5));
        Assert.Equal([new(MplexFlag.NewStream, 0, 0), new(MplexFlag.MessageInitiator, 0, 10), new(MplexFlag.CloseInitiator, 0, 0)], Drain());
        Assert.False(_machine.Queue(state, 5));
        Assert.False(_machine.HasFrame);
    }

    [Fact]
    public void A_stream_that_is_only_read_is_announced_when_asked_for()
    {
        var state = _machine.Open()!;
        Assert.False(_machine.HasFrame);
        _machine.Queue(state, 0);
        Assert.Equal([new(MplexFlag.NewStream, 0, 0)], Drain());
        _machine.Queue(state, 0);
        Assert.False(_machine.HasFrame);
    }

    [Fact]
    public void A_stream_that_is_reset_before_it_was_announced_leaves_no_trace()
    {
        var state = _machine.Open()!;
        _machine.Queue(state, 5);
        _machine.Reset(state);
        Assert.Empty(Drain());
        Assert.Equal(0, _machine.StreamCount);
    }

    [Fact]
    public void Both_sides_may_use_one_number()
    {
        var ours = _machine.Open()!;
        _machine.Queue(ours, 1);
        var theirs = Receive(MplexFlag.NewStream, 0).State!;
        Assert.NotSame(ours, theirs);
        Assert.Same(ours, Receive(MplexFlag.MessageReceiver, 0, 3).State);
        Assert.Same(theirs, Receive(MplexFlag.MessageInitiator, 0, 3).State);
        _machine.Queue(theirs, 1);
        Assert.Equal([new(MplexFlag.NewStream, 0, 0), new(MplexFlag.MessageReceiver, 0, 1), new(MplexFlag.MessageInitiator, 0, 1)], Drain());
        Assert.Equal(MplexEvents.Reset, Receive(MplexFlag.ResetReceiver, 0).Events);
        Assert.True(ours.IsGone);
        Assert.False(theirs.IsGone);
    }

    [Fact]
    public void Streams_take_turns_and_long_data_is_cut()
    {
        var most = new MplexOptions().MaxMessageSent;
        var (one, other) = (_machine.Open()!, _machine.Open()!);
        _machine.Queue(one, (2 * most) + 1);
        _machine.Queue(other, most);
        Assert.Equal(
            [
                new(MplexFlag.NewStream, 0, 0), new(MplexFlag.NewStream, 1, 0), new(MplexFlag.MessageInitiator, 0, most), new(MplexFlag.MessageInitiator, 1, most),
                new(MplexFlag.MessageInitiator, 0, most), new(MplexFlag.MessageInitiator, 0, 1),
            ],
            Drain());
    }

    [Fact]
    public void A_stream_is_full_at_its_messages_or_at_its_bytes_and_never_while_it_holds_nothing()
    {
        var state = Receive(MplexFlag.NewStream, 7).State!;
        Assert.False(_machine.IsFull(state, int.MaxValue));
        for (var i = 0; i < 32; i++)
        {
            Assert.Null(_machine.FullFor(new(MplexFlag.MessageInitiator, 7, 10)));
            Receive(MplexFlag.MessageInitiator, 7, 10);
        }
        Assert.Same(state, _machine.FullFor(new(MplexFlag.MessageInitiator, 7, 10)));
        Assert.Null(_machine.FullFor(new(MplexFlag.CloseInitiator, 7, 0)));
        Assert.Null(_machine.FullFor(new(MplexFlag.MessageReceiver, 7, 10)));
        MplexMachine.Consumed(state, 9);
        Assert.True(_machine.IsFull(state, 10));
        MplexMachine.Consumed(state, 1);
        Assert.False(_machine.IsFull(state, 10));
        MplexMachine.Consumed(state, 310);
        for (var i = 0; i < 4; i++)
            Receive(MplexFlag.MessageInitiator, 7, 1024 * 1024);
        Assert.True(_machine.IsFull(state, 1));
        _machine.EndReading(state, default);
        Assert.False(_machine.IsFull(state, 1));
    }

    [Fact]
    public void Messages_without_data_do_nothing()
    {
        var state = Receive(MplexFlag.NewStream, 1).State!;
        for (var i = 0; i < 1000; i++)
            Assert.Equal(default, Receive(MplexFlag.MessageInitiator, 1));
        Assert.False(_machine.IsFull(state, 1));
    }

    [Fact]
    public void Data_after_the_end_and_a_second_open_break_the_protocol()
    {
        Receive(MplexFlag.NewStream, 1);
        Assert.Contains("opened twice", Receive(MplexFlag.NewStream, 1).Error, StringComparison.Ordinal);
        Receive(MplexFlag.CloseInitiator, 1);
        Assert.Equal(MplexEvents.None, Receive(MplexFlag.CloseInitiator, 1).Events);
        Assert.Contains("after its end", Receive(MplexFlag.MessageInitiator, 1, 1).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_comes_for_a_stream_that_is_not_there_is_read_past()
    {
        Assert.Equal(MplexEvents.Skip, Receive(MplexFlag.MessageInitiator, 5, 9).Events);
        Assert.Equal(MplexEvents.Skip, Receive(MplexFlag.CloseReceiver, 5, 9).Events);
        Assert.Equal(MplexEvents.None, Receive(MplexFlag.ResetInitiator, 5).Events);
        Assert.Equal(MplexEvents.Skip | MplexEvents.Opened, Receive(MplexFlag.NewStream, 6, 9).Events);
    }

    [Fact]
    public void Streams_beyond_the_limit_are_reset_and_beyond_the_rate_the_session_ends()
    {
        var machine = new MplexMachine(new MplexOptions { MaxInboundStreams = 2, AbandonedStreamsBurst = 3 });
        MplexOutcome Open(long id) => machine.Receive(new(MplexFlag.NewStream, id, 0), default);
        var first = Open(0).State!;
        machine.Accept();
        Open(1);
        machine.Accept();
        Assert.Equal(MplexEvents.Send, Open(2).Events);
        Assert.True(machine.TryTakeFrame(out var refusal));
        Assert.Equal(new MplexHeader(MplexFlag.ResetReceiver, 2, 0), refusal.Header);
        machine.Reset(first);
        Assert.Equal(MplexEvents.Opened, Open(3).Events);
        Open(4);
        Open(5);
        Assert.Contains("far beyond the limit", Open(6).Error, StringComparison.Ordinal);
        Assert.Equal(2, machine.StreamCount);
    }

    [Fact]
    public void A_stream_that_waits_to_be_accepted_counts_after_its_reset_too()
    {
        var machine = new MplexMachine(new MplexOptions { MaxInboundStreams = 2 });
        MplexOutcome Send(MplexFlag flag, long id) => machine.Receive(new(flag, id, 0), default);
        for (var id = 0; id < 2; id++)
        {
            Assert.Equal(MplexEvents.Opened, Send(MplexFlag.NewStream, id).Events);
            Assert.Equal(MplexEvents.Reset, Send(MplexFlag.ResetInitiator, id).Events);
        }
        Assert.Equal(MplexEvents.Send, Send(MplexFlag.NewStream, 2).Events);
        machine.Accept();
        Assert.Equal(MplexEvents.Opened, Send(MplexFlag.NewStream, 3).Events);
    }

    [Fact]
    public void Open_and_reset_is_counted_until_the_stream_was_answered()
    {
        var machine = new MplexMachine(new MplexOptions { AbandonedStreamsBurst = 1 });
        MplexOutcome Send(MplexFlag flag, long id) => machine.Receive(new(flag, id, 0), default);
        var answered = Send(MplexFlag.NewStream, 0).State!;
        machine.Queue(answered, 1);
        Assert.True(machine.TryTakeFrame(out _));
        Assert.Equal(MplexEvents.Reset, Send(MplexFlag.ResetInitiator, 0).Events);
        Send(MplexFlag.NewStream, 1);
        Assert.Equal(MplexEvents.Reset, Send(MplexFlag.ResetInitiator, 1).Events);
        Send(MplexFlag.NewStream, 2);
        Assert.Contains("without end", Send(MplexFlag.ResetInitiator, 2).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_session_that_is_over_takes_and_opens_nothing()
    {
        var state = Receive(MplexFlag.NewStream, 1).State!;
        _machine.Close();
        Assert.True(state.IsGone);
        Assert.Null(_machine.Open());
        Assert.Equal(MplexEvents.Skip, Receive(MplexFlag.NewStream, 2, 3).Events);
        Assert.Equal(0, _machine.StreamCount);
    }

    MplexOutcome Receive(MplexFlag flag, long id, int length = 0) => _machine.Receive(new(flag, id, length), default);

    List<MplexHeader> Drain()
    {
        var frames = new List<MplexHeader>();
        while (_machine.TryTakeFrame(out var frame))
            frames.Add(frame.Header);
        Assert.False(_machine.HasFrame);
        return frames;
    }
}
