using Libp2p.Muxers.Yamux;
using static Libp2p.Tests.Muxers.Yamux.MachineFrames;

namespace Libp2p.Tests.Muxers.Yamux;

public sealed class YamuxMachineWindowTests
{
    static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    readonly YamuxOptions _options = new();

    YamuxMachine Listener => new(Role.Listener, _options);

    [Fact]
    public void Data_leaves_within_the_window_in_frames_of_the_limit()
    {
        var machine = Listener;
        var state = machine.Opened(1);
        machine.Queue(state, 1_000_000);
        var frames = machine.Drain();
        Assert.Equal(Window, frames.Sum(f => f.Length));
        Assert.All(frames, f => Assert.InRange(f.Length, 1u, (uint)_options.MaxFramePayload));
        Assert.Equal(YamuxEvents.Send, machine.Update(1, 1000).Events);
        Assert.Equal(1000u, Assert.Single(machine.Drain()).Length);
        Assert.Equal(1_000_000 - Window - 1000, state.Queued);
    }

    [Fact]
    public void The_end_waits_for_the_window()
    {
        var machine = Listener;
        var state = machine.Opened(1);
        machine.Queue(state, Window + 1);
        machine.EndWriting(state);
        Assert.DoesNotContain(machine.Drain(), f => f.Has(YamuxFlags.Fin));
        machine.Update(1, 1);
        Assert.Equal([new YamuxHeader(YamuxType.Data, YamuxFlags.None, 1, 1), new YamuxHeader(YamuxType.WindowUpdate, YamuxFlags.Fin, 1, 0)], machine.Drain());
    }

    [Fact]
    public void A_frame_of_the_whole_window_is_taken_and_one_byte_more_is_not()
    {
        var machine = Listener;
        machine.Opened(1);
        Assert.Equal(YamuxEvents.Body, machine.Data(1, Window).Events);
        machine.Data(1, 1).AssertViolation("beyond its window of 0");
    }

    [Theory]
    [InlineData(Window + 1)]
    [InlineData(uint.MaxValue)]
    public void Data_with_the_opening_beyond_the_window_is_a_violation(uint length)
    {
        // CVE-2026-32314: the window of a stream that is not there yet counts too.
        var machine = Listener;
        machine.Opened(3);
        machine.Data(1, length, YamuxFlags.Syn).AssertViolation("beyond its window");
        Assert.Equal(1, machine.StreamCount);
    }

    [Fact]
    public void Data_with_the_opening_up_to_the_window_is_taken()
    {
        var machine = Listener;
        Assert.Equal(YamuxEvents.Opened | YamuxEvents.Body, machine.Data(1, Window, YamuxFlags.Syn).Events);
        machine.Data(1, 1).AssertViolation("beyond its window");
    }

    [Fact]
    public void A_window_that_overflows_is_a_violation()
    {
        // CVE-2026-31814.
        var machine = Listener;
        machine.Opened(1);
        Assert.Equal(YamuxEvents.None, machine.Update(1, uint.MaxValue - Window).Events);
        machine.Update(1, 1).AssertViolation("grew beyond 2^32");
        var opening = Listener;
        opening.Update(1, uint.MaxValue, YamuxFlags.Syn).AssertViolation("grew beyond 2^32");
        Assert.Equal(0, opening.StreamCount);
    }

    [Fact]
    public void Reading_gives_the_window_back_at_half()
    {
        var machine = Listener;
        var state = machine.Opened(1);
        machine.Data(1, Window);
        machine.Consumed(state, (Window / 2) - 1, unread: 0, Second);
        Assert.Empty(machine.Drain());
        machine.Consumed(state, 1, unread: 0, Second);
        var frames = machine.Drain();
        // The first time the round trip is not known: a ping goes with it.
        Assert.Equal([YamuxType.Ping, YamuxType.WindowUpdate], frames.Select(f => f.Type));
        Assert.Equal(Window / 2, frames[1].Length);
        Assert.Equal(YamuxEvents.Body, machine.Data(1, Window / 2).Events);
        machine.Data(1, 1).AssertViolation("beyond its window");
    }

    [Fact]
    public void Once_the_other_side_has_ended_no_window_is_given()
    {
        var machine = Listener;
        var state = machine.Opened(1);
        machine.Data(1, Window, YamuxFlags.Fin);
        machine.Consumed(state, Window, unread: 0, Second);
        Assert.Empty(machine.Drain());
    }

    [Fact]
    public void The_window_doubles_where_half_of_it_is_read_within_four_round_trips()
    {
        var machine = Listener;
        var state = machine.Opened(1);
        var now = Measure(machine, roundTrip: Second);
        Read(machine, state, now);
        for (var size = (long)Window; size < _options.MaxWindow; size *= 2)
        {
            Assert.Equal(size, state.WindowSize);
            now += 3 * Second;
            var update = Read(machine, state, now);
            Assert.Equal((size / 2) + size, update);
        }
        Assert.Equal(_options.MaxWindow, state.WindowSize);
        now += Second;
        Assert.Equal(_options.MaxWindow / 2, Read(machine, state, now));
        Assert.Equal(_options.MaxWindow, state.WindowSize);
    }

    [Fact]
    public void The_window_stays_where_the_reader_is_slow()
    {
        var machine = Listener;
        var state = machine.Opened(1);
        var now = Measure(machine, roundTrip: Second);
        for (var i = 0; i < 10; i++)
            Assert.Equal(Window / 2, Read(machine, state, now += 5 * Second));
        Assert.Equal((int)Window, state.WindowSize);
    }

    [Fact]
    public void What_was_left_unread_is_given_back_and_later_data_lingers()
    {
        var machine = Listener;
        var state = machine.Opened(1);
        machine.Data(1, Window);
        machine.EndReading(state, Window, Second);
        Assert.Contains(machine.Drain(), f => f.Type == YamuxType.WindowUpdate && f.Length == Window);
        Assert.False(YamuxMachine.IsLingerOver(state, Second + _options.Linger));
        Assert.Empty(machine.TakeLingering(Second + _options.Linger));
        var after = Second + _options.Linger + TimeSpan.FromTicks(1);
        Assert.True(YamuxMachine.IsLingerOver(state, after));
        Assert.Equal([state], machine.TakeLingering(after));
    }

    [Fact]
    public void A_window_update_may_follow_the_own_end()
    {
        var machine = Listener;
        var state = machine.Opened(1);
        machine.EndWriting(state);
        machine.Drain();
        machine.Data(1, Window);
        machine.Consumed(state, Window, unread: 0, Second);
        Assert.Contains(machine.Drain(), f => f.Type == YamuxType.WindowUpdate && f.Length == Window);
    }

    /// <summary>Lets the machine measure a round trip; gives the time afterwards.</summary>
    static TimeSpan Measure(YamuxMachine machine, TimeSpan roundTrip)
    {
        var now = TimeSpan.FromMinutes(1);
        machine.QueuePing(now);
        var ping = Assert.Single(machine.Drain(now));
        machine.Ping(ping.Length, YamuxFlags.Ack, now + roundTrip);
        Assert.Equal(roundTrip, machine.RoundTripTime);
        return now + roundTrip;
    }

    /// <summary>Receives and reads half a window; gives the growth that is sent for it.</summary>
    static long Read(YamuxMachine machine, YamuxStreamState state, TimeSpan now)
    {
        var half = (uint)state.WindowSize / 2;
        Assert.Equal(YamuxEvents.Body, machine.Data(state.Id, half, now: now).Events);
        machine.Consumed(state, half, unread: 0, now);
        return Assert.Single(machine.Drain(now)).Length;
    }
}
