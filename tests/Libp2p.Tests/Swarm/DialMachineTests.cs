using Libp2p.Swarm;
using static Libp2p.Tests.Swarm.Peers;

namespace Libp2p.Tests.Swarm;

public class DialMachineTests
{
    readonly DialOptions _options = new();
    readonly DialMachine _machine;
    readonly List<DialEffect> _effects = [];
    TimeSpan _now = TimeSpan.FromHours(1);

    public DialMachineTests() => _machine = new(_options, _now);

    static TimeSpan Ms(double ms) => TimeSpan.FromMilliseconds(ms);

    static DialAttempt Failure(Multiaddress address, Libp2pError error = Libp2pError.Unreachable, DialStage stage = DialStage.Connect) =>
        new(address, stage, "refused", error, Ms(7));

    void Tell(DialInput input)
    {
        _machine.Advance(input, _now);
        Drain();
    }

    void Drain()
    {
        while (_machine.TryTake(out var effect))
        {
            _effects.Add(effect);
            if (effect is DialEffect.StartAttempt start)
                _machine.Advance(new DialInput.AttemptStarted(start.Address), _now);
        }
        Assert.True(_machine.Deadline is null || _machine.Deadline > _now, "A deadline that has passed would wake at once, for ever.");
    }

    /// <summary>Lets time pass, waking the machine exactly when it asks for it.</summary>
    void Pass(TimeSpan time)
    {
        var end = _now + time;
        while (_machine.Deadline is { } deadline && deadline <= end)
        {
            _now = deadline;
            _machine.Elapse(_now);
            Drain();
        }
        _now = end;
    }

    void Found(IEnumerable<Multiaddress> addresses, bool byUser = false)
    {
        Tell(new DialInput.WaiterAdded());
        Tell(new DialInput.AddressesFound([.. addresses.Select(a => new DialCandidate(a))], byUser));
    }

    Multiaddress[] Started => [.. _effects.OfType<DialEffect.StartAttempt>().Select(e => e.Address)];

    Multiaddress[] Cancelled => [.. _effects.OfType<DialEffect.CancelAttempt>().Select(e => e.Address)];

    IReadOnlyList<DialAttempt> Failed => Assert.IsType<DialEffect.Failed>(_effects[^1]).Attempts;

    [Fact]
    public void Starts_are_staggered()
    {
        Found(PublicMany(3));
        Assert.Equal([Public(1)], Started);
        Pass(Ms(249));
        Assert.Single(Started);
        Pass(Ms(1));
        Assert.Equal([Public(1), Public(2)], Started);
        Pass(Ms(249));
        Assert.Equal(2, Started.Length);
        Pass(Ms(1));
        Assert.Equal(PublicMany(3), Started);
    }

    [Fact]
    public void A_failure_brings_the_next_one_forward()
    {
        Found(PublicMany(3));
        Pass(Ms(10));
        Tell(new DialInput.AttemptFailed(Failure(Public(1))));
        Assert.Equal([Public(1), Public(2)], Started);
        Pass(Ms(10));
        Tell(new DialInput.AttemptFailed(Failure(Public(2))));
        Assert.Equal(PublicMany(3), Started);
    }

    [Fact]
    public void One_failure_brings_one_forward_while_others_go_on()
    {
        Found(PublicMany(4));
        Pass(Ms(300));
        Assert.Equal(2, Started.Length);
        Tell(new DialInput.AttemptFailed(Failure(Public(2))));
        Assert.Equal(3, Started.Length);
        Pass(Ms(199));
        Assert.Equal(3, Started.Length);
        Pass(Ms(1));
        Assert.Equal(4, Started.Length);
    }

    [Fact]
    public void At_most_8_are_in_flight_and_the_next_starts_when_one_ends()
    {
        Found(PublicMany(20));
        Pass(TimeSpan.FromSeconds(10));
        Assert.Equal(8, Started.Length);
        Tell(new DialInput.AttemptFailed(Failure(Public(3))));
        Assert.Equal(9, Started.Length);
    }

    [Fact]
    public void An_attempt_out_of_time_counts_until_it_has_ended()
    {
        Found(PublicMany(20));
        Pass(TimeSpan.FromSeconds(15));
        Assert.Equal([Public(1)], Cancelled);
        Assert.Equal(8, Started.Length);
        Tell(new DialInput.AttemptFailed(Failure(Public(1))));
        Assert.Equal(9, Started.Length);
    }

    [Fact]
    public void An_address_has_15_s_from_its_turn()
    {
        Found([Public(1)]);
        Tell(new DialInput.AttemptProgressed(Public(1), DialStage.Secure));
        Pass(TimeSpan.FromSeconds(15) - Ms(1));
        Assert.False(_machine.IsFinished);
        Pass(Ms(1));
        Assert.Equal([Public(1)], Cancelled);
        var attempt = Assert.Single(Failed);
        Assert.Equal(new(Public(1), DialStage.Secure, "no answer within 15 s (in the security handshake)", Libp2pError.Timeout, TimeSpan.FromSeconds(15)), attempt);
        Assert.Contains(_effects, e => e is DialEffect.RecordBackoff { Attempt: var a } && a == attempt);
    }

    [Fact]
    public void Waiting_for_a_turn_does_not_count_as_an_attempt()
    {
        var machine = new DialMachine(_options, TimeSpan.Zero);
        machine.Advance(new DialInput.WaiterAdded(), TimeSpan.Zero);
        machine.Advance(new DialInput.AddressesFound([new(Public(1))], false), TimeSpan.Zero);
        Assert.True(machine.TryTake(out _));
        machine.Elapse(TimeSpan.FromSeconds(40));
        machine.Advance(new DialInput.AttemptStarted(Public(1)), TimeSpan.FromSeconds(40));
        Assert.Equal(TimeSpan.FromSeconds(55), machine.Deadline);

        machine = new DialMachine(_options, TimeSpan.Zero);
        machine.Advance(new DialInput.AddressesFound([new(Public(1))], false), TimeSpan.Zero);
        machine.Elapse(TimeSpan.FromSeconds(60));
        while (machine.TryTake(out var effect))
            _effects.Add(effect);
        Assert.Equal(
            new(Public(1), DialStage.NotTried, "not tried: the 60 s for the peer were over before its turn among all dials came", Libp2pError.Timeout, TimeSpan.Zero),
            Assert.Single(Failed));
        Assert.DoesNotContain(_effects, e => e is DialEffect.RecordBackoff);
    }

    [Fact]
    public void A_peer_has_60_s_whatever_happens()
    {
        Found(PublicMany(100));
        for (var i = 0; i < 4; i++)
        {
            Pass(TimeSpan.FromSeconds(14.9));
            Found(PublicMany(1, 200 + i));
            foreach (var address in Cancelled)
                Tell(new DialInput.AttemptFailed(Failure(address)));
        }
        Assert.False(_machine.IsFinished);
        Pass(TimeSpan.FromSeconds(0.4));
        Assert.True(_machine.IsFinished);
        Assert.Null(_machine.Deadline);
        Assert.Equal(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(60), _now);
        Assert.All(Failed.Take(100), a => Assert.Equal(Libp2pError.Timeout, a.Error));
        Assert.Contains(Failed, a => a.Cause == "not tried: the 60 s for the peer were over");
        Assert.Contains(Failed, a => a.Cause == "no answer when the 60 s for the peer were over (connecting)");
        var started = Started;
        Assert.Equal(started, Failed.Take(started.Length).Select(a => a.Address));
    }

    [Fact]
    public void The_first_success_ends_the_rest()
    {
        Found(PublicMany(20));
        Pass(Ms(300));
        Tell(new DialInput.AttemptSucceeded(Public(2)));
        Assert.Equal([Public(1)], Cancelled);
        Assert.Contains(new DialEffect.ClearBackoff(Public(2)), _effects);
        var succeeded = Assert.IsType<DialEffect.Succeeded>(_effects[^1]);
        Assert.Equal(Public(2), succeeded.Address);
        Assert.Equal(19, succeeded.Others.Count);
        Assert.Equal(DialStage.Connect, succeeded.Others[0].Stage);
        Assert.All(succeeded.Others.Skip(1), a => Assert.Equal(DialStage.NotTried, a.Stage));
        Assert.All(succeeded.Others, a => Assert.Equal("another address of the peer answered first", a.Cause));
        Assert.Null(_machine.Deadline);

        _effects.Clear();
        Tell(new DialInput.AttemptFailed(Failure(Public(1))));
        Tell(new DialInput.AttemptSucceeded(Public(1)));
        Found(PublicMany(3));
        Tell(new DialInput.Cancelled());
        Pass(TimeSpan.FromHours(1));
        Assert.Empty(_effects);
    }

    [Fact]
    public void An_attempt_that_succeeds_though_its_time_was_over_is_as_good()
    {
        Found(PublicMany(2));
        Pass(TimeSpan.FromSeconds(15));
        Assert.Equal([Public(1)], Cancelled);
        Tell(new DialInput.AttemptSucceeded(Public(1)));
        Assert.Equal(Public(1), Assert.IsType<DialEffect.Succeeded>(_effects[^1]).Address);
        Assert.Equal([Public(1), Public(2)], Cancelled);
    }

    [Fact]
    public void A_wrong_peer_at_one_address_does_not_stop_the_others()
    {
        Found(PublicMany(2));
        Tell(new DialInput.AttemptFailed(Failure(Public(1), Libp2pError.PeerIdMismatch, DialStage.Authenticate)));
        Assert.Equal(PublicMany(2), Started);
        Tell(new DialInput.AttemptSucceeded(Public(2)));
        Assert.IsType<DialEffect.Succeeded>(_effects[^1]);
    }

    [Fact]
    public void When_all_have_failed_each_says_why()
    {
        Found(PublicMany(2));
        var (first, second) = (Failure(Public(1)), Failure(Public(2), Libp2pError.HandshakeFailed, DialStage.Secure));
        Tell(new DialInput.AttemptFailed(first));
        Tell(new DialInput.AttemptFailed(second));
        Assert.Equal([first, second], Failed);
        Assert.Equal([first, second], _effects.OfType<DialEffect.RecordBackoff>().Select(e => e.Attempt));
    }

    [Theory]
    [InlineData(Libp2pError.LimitReached, DialStage.Connect)]
    [InlineData(Libp2pError.Refused, DialStage.Secure)]
    [InlineData(Libp2pError.Unreachable, DialStage.Admit)]
    public void What_this_node_refused_is_not_held_against_the_address(Libp2pError error, DialStage stage)
    {
        Found([Public(1)]);
        Tell(new DialInput.AttemptFailed(Failure(Public(1), error, stage)));
        Assert.Single(Failed);
        Assert.DoesNotContain(_effects, e => e is DialEffect.RecordBackoff);
    }

    [Fact]
    public void Without_addresses_it_fails_at_once()
    {
        Found([]);
        Assert.Empty(Failed);
    }

    [Fact]
    public void Refused_addresses_are_told_and_not_tried()
    {
        var refusal = new DialAttempt(Public(1), DialStage.NotTried, "the gater", Libp2pError.Refused, TimeSpan.Zero);
        Tell(new DialInput.AddressesFound([new(Public(1), refusal), new(Public(2))], false));
        Assert.Equal([Public(2)], Started);
        Tell(new DialInput.AttemptFailed(Failure(Public(2))));
        Assert.Equal([Public(2), Public(1)], Failed.Select(a => a.Address));
        Assert.Same(refusal, Failed[1]);
    }

    [Fact]
    public void A_hundred_addresses_are_tried_and_the_first_left_out_is_told()
    {
        var refusal = Failure(Public(999));
        Tell(new DialInput.AddressesFound([new(Public(999), refusal), .. PublicMany(103).Select(a => new DialCandidate(a))], false));
        while (!_machine.IsFinished)
        {
            var ended = _effects.OfType<DialEffect.StartAttempt>().First().Address;
            _effects.RemoveAll(e => e is DialEffect.StartAttempt s && s.Address == ended);
            Tell(new DialInput.AttemptFailed(Failure(ended)));
        }
        Assert.Equal(101, Failed.Count);
        Assert.Equal([.. PublicMany(101)], Failed.Select(a => a.Address));
        Assert.Equal("not tried, nor any after it: a dial takes at most 100 addresses of a peer", Failed[100].Cause);
        Assert.Equal(Libp2pError.LimitReached, Failed[100].Error);
    }

    [Fact]
    public void An_address_is_tried_once_however_often_it_is_found()
    {
        Found([Public(1), Public(1), Public(2)]);
        Tell(new DialInput.AttemptFailed(Failure(Public(1))));
        Found([Public(1), Public(2)]);
        Tell(new DialInput.AttemptFailed(Failure(Public(2))));
        Assert.Equal(PublicMany(2), Started);
        Assert.Equal(2, Failed.Count);
    }

    [Fact]
    public void Addresses_found_later_join_in()
    {
        Found([Public(1)]);
        Pass(TimeSpan.FromSeconds(5));
        Found([Public(2)]);
        Assert.Equal(PublicMany(2), Started);
    }

    [Fact]
    public void An_address_that_failed_a_short_while_ago_is_left_alone()
    {
        var backoff = new Backoff(_now + TimeSpan.FromSeconds(4), "refused", Libp2pError.Unreachable);
        Tell(new DialInput.AddressesFound([new(Public(1), null, backoff), new(Public(2))], false));
        Assert.Equal([Public(2)], Started);
        Tell(new DialInput.AttemptFailed(Failure(Public(2))));
        Assert.Equal(
            new(Public(1), DialStage.NotTried, "not tried: left alone for 4 s more after a failure (refused)", Libp2pError.Unreachable, TimeSpan.Zero),
            Failed[1]);
    }

    [Fact]
    public void A_user_overrides_the_back_off()
    {
        var backoff = new Backoff(_now + TimeSpan.FromSeconds(4), "refused", Libp2pError.Unreachable);
        Tell(new DialInput.AddressesFound([new(Public(1), null, backoff)], true));
        Assert.Equal([Public(1)], Started);
    }

    [Fact]
    public void A_user_who_joins_overrides_the_back_off()
    {
        var backoff = new Backoff(_now + TimeSpan.FromSeconds(4), "refused", Libp2pError.Unreachable);
        Tell(new DialInput.AddressesFound([new(Public(1), null, backoff), new(Public(2))], false));
        Pass(TimeSpan.FromSeconds(1));
        Assert.Equal([Public(2)], Started);
        Tell(new DialInput.AddressesFound([], true));
        Assert.Equal([Public(2), Public(1)], Started);
    }

    [Fact]
    public void The_last_waiter_to_leave_ends_it()
    {
        Found(PublicMany(2));
        Tell(new DialInput.WaiterAdded());
        Tell(new DialInput.WaiterRemoved());
        Assert.False(_machine.IsFinished);
        Tell(new DialInput.WaiterRemoved());
        Assert.Equal([Public(1)], Cancelled);
        Assert.IsType<DialEffect.Abandoned>(_effects[^1]);
    }

    [Fact]
    public void While_one_shakes_hands_no_other_starts_on_time_alone()
    {
        Found(PublicMany(3));
        Pass(Ms(200));
        Tell(new DialInput.AttemptProgressed(Public(1), DialStage.Secure));
        Pass(Ms(499));
        Assert.Single(Started);
        Pass(Ms(1));
        Assert.Equal(3, Started.Length);
    }

    [Fact]
    public void When_the_handshake_fails_the_next_starts_at_once()
    {
        Found(PublicMany(3));
        Tell(new DialInput.AttemptProgressed(Public(1), DialStage.Secure));
        Pass(Ms(100));
        Tell(new DialInput.AttemptFailed(Failure(Public(1), Libp2pError.HandshakeFailed, DialStage.Secure)));
        Assert.Equal([Public(1), Public(2)], Started);
    }
}
