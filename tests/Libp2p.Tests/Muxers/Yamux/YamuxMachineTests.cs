using Libp2p.Muxers.Yamux;

namespace Libp2p.Tests.Muxers.Yamux;

/// <summary>Opening, ending and counting of streams, pings and the session's end. Windows are in <see cref="YamuxMachineWindowTests"/>.</summary>
public sealed class YamuxMachineTests
{
    static YamuxMachine Machine(Role role = Role.Listener, Action<YamuxOptions>? configure = null)
    {
        var options = new YamuxOptions();
        configure?.Invoke(options);
        return new YamuxMachine(role, options);
    }

    [Theory]
    [InlineData(Role.Dialer, 1u, 3u)]
    [InlineData(Role.Listener, 2u, 4u)]
    public void The_dialler_takes_odd_numbers_the_listener_even(Role role, uint first, uint second)
    {
        var machine = Machine(role);
        Assert.Equal(first, machine.Open()!.Id);
        Assert.Equal(second, machine.Open()!.Id);
        Assert.Equal(2, machine.StreamCount);
    }

    [Fact]
    public void An_opened_stream_is_told_with_its_first_data()
    {
        var machine = Machine(Role.Dialer);
        var state = machine.Open()!;
        Assert.Empty(machine.Drain());
        machine.Queue(state, 10);
        machine.EndWriting(state);
        Assert.Equal(
            [new YamuxHeader(YamuxType.Data, YamuxFlags.Syn, 1, 10), new YamuxHeader(YamuxType.WindowUpdate, YamuxFlags.Fin, 1, 0)],
            machine.Drain());
    }

    [Fact]
    public void What_is_flushed_behind_the_end_is_not_sent()
    {
        var machine = Machine(Role.Dialer);
        var state = machine.Open()!;
        machine.EndWriting(state);
        Assert.True(machine.Queue(state, 10));
        Assert.Equal(
            [new YamuxHeader(YamuxType.Data, YamuxFlags.Syn, 1, 10), new YamuxHeader(YamuxType.WindowUpdate, YamuxFlags.Fin, 1, 0)],
            machine.Drain());
        Assert.False(machine.Queue(state, 10));
        Assert.Empty(machine.Drain());
    }

    [Fact]
    public void An_opened_stream_without_data_is_told_when_asked_for()
    {
        var machine = Machine(Role.Dialer);
        machine.Queue(machine.Open()!, 0);
        Assert.Equal([new YamuxHeader(YamuxType.WindowUpdate, YamuxFlags.Syn, 1, 0)], machine.Drain());
    }

    [Fact]
    public void An_accepted_stream_is_acknowledged_alone_or_with_data()
    {
        var machine = Machine();
        machine.Accept(machine.Opened(1));
        Assert.Equal([new YamuxHeader(YamuxType.WindowUpdate, YamuxFlags.Ack, 1, 0)], machine.Drain());
        var second = machine.Opened(3);
        machine.Accept(second);
        machine.Queue(second, 5);
        Assert.Equal([new YamuxHeader(YamuxType.Data, YamuxFlags.Ack, 3, 5)], machine.Drain());
    }

    [Theory]
    [InlineData(YamuxType.Data, YamuxFlags.None)]
    [InlineData(YamuxType.WindowUpdate, YamuxFlags.Ack)]
    [InlineData(YamuxType.WindowUpdate, YamuxFlags.Rst)]
    public void Any_first_frame_acknowledges_once(object type, object flags)
    {
        var machine = Machine(Role.Dialer);
        var state = machine.Open()!;
        machine.Queue(state, 1);
        machine.Drain();
        var header = new YamuxHeader((YamuxType)type, (YamuxFlags)flags, 1, 0);
        Assert.True(machine.Receive(header, default).Has(YamuxEvents.Acknowledged));
        Assert.False(machine.Receive(header, default).Has(YamuxEvents.Acknowledged));
        Assert.False(YamuxMachine.Forget(state));
    }

    [Fact]
    public void A_reset_before_the_acknowledgement_forgets_it_once()
    {
        var machine = Machine(Role.Dialer);
        var state = machine.Open()!;
        Assert.True(YamuxMachine.Forget(state));
        Assert.False(YamuxMachine.Forget(state));
        machine.Reset(state);
        // Nobody was told of the stream, so nobody is told of its end.
        Assert.Empty(machine.Drain());
        Assert.Equal(0, machine.StreamCount);
    }

    [Fact]
    public void Opening_a_stream_twice_is_a_violation()
    {
        var machine = Machine();
        machine.Opened(1);
        machine.Update(1, 0, YamuxFlags.Syn).AssertViolation("stream 1 was opened twice");
    }

    [Theory]
    [InlineData(Role.Listener, 2u)]
    [InlineData(Role.Dialer, 1u)]
    public void A_number_of_this_side_is_a_violation(Role role, uint id) =>
        Machine(role).Update(id, 0, YamuxFlags.Syn).AssertViolation("has a number of this side");

    [Fact]
    public void Stream_zero_is_a_violation()
    {
        Machine().Data(0, 0).AssertViolation("stream 0");
        Machine().Update(0, 1, YamuxFlags.Syn).AssertViolation("stream 0");
    }

    [Fact]
    public void Frames_of_streams_that_are_gone_are_read_past()
    {
        var machine = Machine();
        Assert.Equal(YamuxEvents.None, machine.Update(9, 1000).Events);
        Assert.Equal(YamuxEvents.None, machine.Data(9, 0, YamuxFlags.Fin).Events);
        Assert.Equal(YamuxEvents.None, machine.Update(9, 0, YamuxFlags.Rst).Events);
        Assert.Equal(YamuxEvents.Skip, machine.Data(9, 16 * 1024 * 1024).Events);
        machine.Data(9, (16 * 1024 * 1024) + 1).AssertViolation("larger than any window");
        Assert.Empty(machine.Drain());
    }

    [Fact]
    public void A_stream_ends_when_both_sides_have_ended_in_either_order()
    {
        var machine = Machine();
        var first = machine.Opened(1);
        machine.EndWriting(first);
        Assert.Equal([new YamuxHeader(YamuxType.WindowUpdate, YamuxFlags.Fin, 1, 0)], machine.Drain());
        Assert.Equal(1, machine.StreamCount);
        Assert.Equal(YamuxEvents.Ended, machine.Data(1, 0, YamuxFlags.Fin).Events);
        Assert.Equal(0, machine.StreamCount);

        var second = machine.Opened(3);
        Assert.Equal(YamuxEvents.Ended, machine.Update(3, 0, YamuxFlags.Fin).Events);
        Assert.Equal(1, machine.StreamCount);
        machine.EndWriting(second);
        machine.EndWriting(second);
        Assert.Single(machine.Drain());
        Assert.Equal(0, machine.StreamCount);
        Assert.True(second.IsGone);
    }

    [Fact]
    public void The_last_frame_carries_data_and_end_together()
    {
        var machine = Machine();
        machine.Opened(1);
        var outcome = machine.Data(1, 7, YamuxFlags.Fin);
        Assert.Equal(YamuxEvents.Body | YamuxEvents.Ended, outcome.Events);
        machine.Data(1, 1).AssertViolation("after its end");
    }

    [Fact]
    public void A_second_end_is_ignored()
    {
        var machine = Machine();
        machine.Opened(1);
        machine.Update(1, 0, YamuxFlags.Fin);
        Assert.Equal(YamuxEvents.None, machine.Update(1, 0, YamuxFlags.Fin).Events);
    }

    [Fact]
    public void After_a_reset_nothing_is_sent()
    {
        var machine = Machine();
        var state = machine.Opened(1);
        machine.Accept(state);
        machine.Queue(state, 1000);
        machine.EndWriting(state);
        var outcome = machine.Data(1, 5, YamuxFlags.Rst);
        Assert.Equal(YamuxEvents.Reset | YamuxEvents.Skip, outcome.Events);
        machine.Queue(state, 1000);
        machine.EndWriting(state);
        machine.Consumed(state, 300_000, unread: 0, default);
        machine.Reset(state);
        Assert.Empty(machine.Drain());
        Assert.Equal(0, machine.StreamCount);
    }

    [Fact]
    public void An_own_reset_is_told_once_and_drops_what_is_queued()
    {
        var machine = Machine();
        var state = machine.Opened(1);
        machine.Queue(state, 1000);
        machine.Reset(state);
        machine.Reset(state);
        Assert.Equal([new YamuxHeader(YamuxType.WindowUpdate, YamuxFlags.Rst, 1, 0)], machine.Drain());
    }

    [Fact]
    public void More_streams_than_the_limit_are_refused_and_room_returns()
    {
        var machine = Machine(configure: o => o.MaxInboundStreams = 2);
        var first = machine.Opened(1);
        machine.Opened(3);
        Assert.Equal(YamuxEvents.Send, machine.Update(5, 0, YamuxFlags.Syn).Events);
        Assert.Equal(YamuxEvents.Send | YamuxEvents.Skip, machine.Data(7, 10, YamuxFlags.Syn).Events);
        Assert.Equal(
            [new YamuxHeader(YamuxType.WindowUpdate, YamuxFlags.Rst, 5, 0), new YamuxHeader(YamuxType.WindowUpdate, YamuxFlags.Rst, 7, 0)],
            machine.Drain());
        machine.Reset(first);
        machine.Opened(9);
    }

    [Fact]
    public void Streams_that_nobody_accepts_are_limited()
    {
        var machine = Machine(configure: o => o.MaxUnacknowledged = 1);
        var first = machine.Opened(1);
        Assert.Equal(YamuxEvents.Send, machine.Update(3, 0, YamuxFlags.Syn).Events);
        machine.Accept(first);
        machine.Opened(5);
    }

    [Fact]
    public void Opening_and_resetting_is_limited_by_rate()
    {
        var machine = Machine(configure: o => (o.AbandonedStreamsBurst, o.AbandonedStreamsPerSecond) = (10, 2));
        uint id = 1;
        for (var i = 0; i < 10; i++, id += 2)
        {
            machine.Opened(id);
            Assert.Equal(YamuxEvents.Reset, machine.Update(id, 0, YamuxFlags.Rst).Events);
        }
        // Half a second gives one more.
        machine.Opened(id);
        Assert.Equal(YamuxEvents.Reset, machine.Update(id, 0, YamuxFlags.Rst, TimeSpan.FromSeconds(0.5)).Events);
        id += 2;
        var last = machine.Opened(id);
        machine.Update(id, 0, YamuxFlags.Rst, TimeSpan.FromSeconds(0.5)).AssertViolation("without end");
        // It is still there, so that it fails with the session.
        Assert.Contains(last, machine.Streams);
    }

    [Fact]
    public void Open_and_reset_in_one_frame_counts_too()
    {
        var machine = Machine(configure: o => o.AbandonedStreamsBurst = 1);
        Assert.Equal(YamuxEvents.None, machine.Update(1, 0, YamuxFlags.Syn | YamuxFlags.Rst).Events);
        machine.Update(3, 0, YamuxFlags.Syn | YamuxFlags.Rst).AssertViolation("without end");
    }

    [Fact]
    public void A_reset_after_an_answer_counts_for_nothing()
    {
        var machine = Machine(configure: o => o.AbandonedStreamsBurst = 1);
        for (uint id = 1; id < 200; id += 2)
        {
            var state = machine.Opened(id);
            machine.Accept(state);
            machine.Queue(state, 1);
            machine.Drain();
            Assert.Equal(YamuxEvents.Reset, machine.Update(id, 0, YamuxFlags.Rst).Events);
        }
    }

    [Fact]
    public void Refusals_without_end_are_a_violation()
    {
        var machine = Machine(configure: o => (o.MaxInboundStreams, o.AbandonedStreamsBurst) = (1, 1_000_000));
        machine.Opened(1);
        for (uint id = 3; id <= (2 * 1024) + 1; id += 2)
            Assert.Equal(YamuxEvents.Send, machine.Update(id, 0, YamuxFlags.Syn).Events);
        machine.Update(99_999, 0, YamuxFlags.Syn).AssertViolation("far beyond the limit");
    }

    [Fact]
    public void Resets_that_nobody_reads_are_bounded()
    {
        var machine = Machine(configure: o => o.AbandonedStreamsBurst = 1_000_000);
        for (uint id = 1; id < 2 * 1024; id += 2)
        {
            var state = machine.Opened(id);
            machine.Accept(state);
            machine.Reset(state);
        }
        machine.Update(99_999, 0, YamuxFlags.Syn).AssertViolation("far beyond the limit");
    }

    [Fact]
    public void Pings_are_answered_and_at_most_32_answers_wait()
    {
        var machine = Machine();
        for (uint i = 0; i < 1000; i++)
            machine.Ping(i, YamuxFlags.Syn);
        var pongs = machine.Drain();
        Assert.Equal(32, pongs.Count);
        Assert.Equal(new YamuxHeader(YamuxType.Ping, YamuxFlags.Ack, 0, 0), pongs[0]);
        Assert.Equal(31u, pongs[31].Length);
        machine.Ping(7, YamuxFlags.Syn).AssertSend();
    }

    [Fact]
    public void An_answer_that_nobody_asked_for_is_ignored()
    {
        var machine = Machine();
        Assert.Equal(YamuxEvents.None, machine.Ping(1, YamuxFlags.Ack).Events);
        Assert.Null(machine.RoundTripTime);
        machine.QueuePing(TimeSpan.FromSeconds(1));
        machine.QueuePing(TimeSpan.FromSeconds(2));
        var ping = Assert.Single(machine.Drain(TimeSpan.FromSeconds(3)));
        Assert.Equal(YamuxFlags.Syn, ping.Flags);
        machine.Ping(ping.Length + 1, YamuxFlags.Ack, TimeSpan.FromSeconds(4));
        Assert.Null(machine.RoundTripTime);
        Assert.Equal(TimeSpan.FromSeconds(3), machine.UnansweredFor(TimeSpan.FromSeconds(4)));
        machine.Ping(ping.Length, YamuxFlags.Ack, TimeSpan.FromSeconds(5));
        Assert.Equal(TimeSpan.FromSeconds(2), machine.RoundTripTime);
        Assert.Null(machine.UnansweredFor(TimeSpan.FromSeconds(9)));
    }

    [Fact]
    public void Session_frames_for_a_stream_are_violations()
    {
        Machine().Receive(new YamuxHeader(YamuxType.Ping, YamuxFlags.Syn, 1, 0), default).AssertViolation("a ping for a stream");
        Machine().Receive(new YamuxHeader(YamuxType.GoAway, 0, 1, 0), default).AssertViolation("a go-away for a stream");
    }

    [Theory]
    [InlineData(0u, null)]
    [InlineData(1u, "broke the protocol")]
    [InlineData(2u, "internal error")]
    [InlineData(77u, "unknown code 77")]
    public void After_their_go_away_nothing_is_opened_and_open_streams_go_on(uint code, string? said)
    {
        var machine = Machine(Role.Dialer);
        var state = machine.Open()!;
        var outcome = machine.Receive(new YamuxHeader(YamuxType.GoAway, 0, 0, code), default);
        Assert.Equal(YamuxEvents.GoneAway, outcome.Events);
        if (said is null)
            Assert.Null(outcome.Error);
        else
            Assert.Contains(said, outcome.Error, StringComparison.Ordinal);
        Assert.Null(machine.Open());
        machine.Queue(state, 3);
        Assert.Single(machine.Drain());
    }

    [Fact]
    public void After_our_go_away_what_they_open_is_refused()
    {
        var machine = Machine();
        machine.GoAway(YamuxGoAway.Normal);
        machine.GoAway(YamuxGoAway.Normal);
        Assert.Equal([new YamuxHeader(YamuxType.GoAway, 0, 0, 0)], machine.Drain());
        Assert.Equal(YamuxEvents.Send, machine.Update(1, 0, YamuxFlags.Syn).Events);
        Assert.Null(machine.Open());
    }

    [Fact]
    public void Frames_take_turns()
    {
        var machine = Machine(Role.Dialer, o => o.MaxFramePayload = 1000);
        foreach (var _ in Enumerable.Range(0, 3))
            machine.Queue(machine.Open()!, 2000);
        Assert.Equal([1u, 3u, 5u, 1u, 3u, 5u], machine.Drain().Select(f => f.StreamId));
    }

    [Fact]
    public void A_cleared_machine_has_no_streams_and_sends_nothing()
    {
        var machine = Machine();
        var state = machine.Opened(1);
        machine.Queue(state, 10);
        machine.Clear();
        Assert.Equal(0, machine.StreamCount);
        Assert.Empty(machine.Drain());
    }
}

file static class Outcomes
{
    public static void AssertSend(this YamuxOutcome outcome) => Assert.Equal(YamuxEvents.Send, outcome.Events);
}
