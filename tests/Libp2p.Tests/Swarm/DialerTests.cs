using System.Net.Sockets;
using Libp2p.Swarm;
using Libp2p.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using static Libp2p.Tests.Swarm.Peers;

namespace Libp2p.Tests.Swarm;

public sealed class DialerTests : IAsyncLifetime
{
    static readonly PeerId Peer = Id(1);
    static readonly TimeSpan Alive = PipeTransfer.Alive;

    readonly ManualTimeProvider _clock = new();
    readonly FakeTransport _transport = new();
    readonly List<AttemptReport> _reports = [];
    readonly List<PeerConnection> _admitted = [];
    Dialer _dialer;

    public DialerTests() => _dialer = Create();

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => _dialer.DisposeAsync();

    Dialer Create(IConnectionGater? gater = null, Func<PeerConnection, PeerConnection?>? admit = null, DialOptions? options = null, params ITransport[] transports)
    {
        var dialer = new Dialer(options ?? new(), transports.Length == 0 ? [_transport] : transports, gater, admit ?? Admit, _clock, NullLogger.Instance);
        dialer.AttemptEnded += report =>
        {
            lock (_reports)
                _reports.Add(report);
        };
        return dialer;
    }

    PeerConnection Admit(PeerConnection connection)
    {
        lock (_admitted)
            _admitted.Add(connection);
        return connection;
    }

    Task<PeerConnection> Dial(PeerId? peer, params Multiaddress[] addresses) => Dial(peer, default, addresses);

    Task<PeerConnection> Dial(PeerId? peer, CancellationToken cancellationToken, params Multiaddress[] addresses) =>
        _dialer.DialAsync(peer, addresses, false, cancellationToken).AsTask().WaitAsync(Alive, CancellationToken.None);

    [Fact]
    public async Task It_connects()
    {
        var dial = Dial(Peer, Public(1));
        var attempt = await _transport.NextAsync();
        Assert.Equal((Public(1), Peer), (attempt.Address, attempt.ExpectedPeer!));
        var connection = attempt.Succeed();
        Assert.Same(connection, await dial);
        Assert.Equal([connection], _admitted);
        await _dialer.DisposeAsync();
        var report = Assert.Single(_reports);
        Assert.Equal((Peer, Public(1), "tcp", AttemptOutcome.Succeeded, null), (report.Peer!, report.Address, report.Transport, report.Outcome, report.Failure));
        Assert.False(connection.Closed.IsCompleted);
        await _clock.WaitForTimersAsync(0);
    }

    [Fact]
    public async Task One_dial_serves_all_who_wait()
    {
        var dials = Enumerable.Range(0, 10).Select(_ => Dial(Peer, Public(1))).ToArray();
        var connection = (await _transport.NextAsync()).Succeed();
        Assert.All(await Task.WhenAll(dials), c => Assert.Same(connection, c));
        Assert.True(_transport.IsIdle);
        Assert.Single(_admitted);
    }

    [Fact]
    public async Task Whoever_joins_brings_addresses()
    {
        var first = Dial(Peer, Public(1));
        var hanging = await _transport.NextAsync();
        var second = Dial(Peer, Public(2));
        var connection = (await _transport.NextAsync()).Succeed();
        Assert.Same(connection, await first);
        Assert.Same(connection, await second);
        await hanging.CancelledAsync();
    }

    [Fact]
    public async Task A_cancellation_takes_away_one_waiter_only()
    {
        using var source = new CancellationTokenSource();
        var leaving = Dial(Peer, source.Token, Public(1));
        var staying = Dial(Peer, Public(1));
        var attempt = await _transport.NextAsync();
        await source.CancelAsync();
        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        Assert.Equal(source.Token, thrown.CancellationToken);
        Assert.False(attempt.CancellationToken.IsCancellationRequested);
        Assert.Same(attempt.Succeed(), await staying);
    }

    [Fact]
    public async Task The_last_to_leave_ends_the_dial_and_the_next_begins_another()
    {
        using var source = new CancellationTokenSource();
        var (one, two) = (Dial(Peer, source.Token, Public(1)), Dial(Peer, source.Token, Public(1)));
        var attempt = await _transport.NextAsync();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => two);
        await attempt.CancelledAsync();

        var again = Dial(Peer, Public(1));
        Assert.Same((await _transport.NextAsync()).Succeed(), await again);
        await _dialer.DisposeAsync();
        Assert.Equal([AttemptOutcome.Succeeded, AttemptOutcome.Cancelled], _reports.Select(r => r.Outcome).Order());
    }

    [Fact]
    public async Task A_cancelled_token_dials_nothing()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Dial(Peer, new CancellationToken(true), Public(1)));
        await _dialer.DisposeAsync();
        Assert.Empty(_reports);
    }

    [Fact]
    public async Task Starts_follow_the_clock()
    {
        var dial = Dial(Peer, PublicMany(3));
        var first = await _transport.NextAsync();
        _clock.Advance(TimeSpan.FromMilliseconds(250));
        var second = await _transport.NextAsync();
        Assert.Equal((Public(1), Public(2)), (first.Address, second.Address));
        second.Fail();
        var third = await _transport.NextAsync();
        Assert.Equal(Public(3), third.Address);
        Assert.Same(third.Succeed(), await dial);
        await first.CancelledAsync();
    }

    [Fact]
    public async Task Out_of_time_at_every_address()
    {
        var dial = Dial(Peer, PublicMany(2));
        (await _transport.NextAsync()).Progress.Report(DialStage.Multiplex);
        _clock.Advance(TimeSpan.FromMilliseconds(500));
        await _transport.NextAsync();
        _clock.Advance(TimeSpan.FromSeconds(15));
        var failure = await Assert.ThrowsAsync<DialException>(() => dial);
        Assert.Equal(Libp2pError.Timeout, failure.Error);
        Assert.Equal(
            [
                (Public(1), DialStage.Multiplex, "no answer within 15 s (agreeing on the muxer)"),
                (Public(2), DialStage.Connect, "no answer within 15 s (connecting)"),
            ],
            failure.Attempts.Select(a => (a.Address, a.Stage, a.Cause)));
        Assert.All(failure.Attempts, a => Assert.InRange(a.Duration, TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(15.5)));
        await _dialer.DisposeAsync();
        Assert.All(_reports, r => Assert.Equal((AttemptOutcome.Failed, Libp2pError.Timeout), (r.Outcome, r.Failure!.Error)));
    }

    [Fact]
    public async Task The_exception_names_each_attempt_and_the_cause()
    {
        _dialer = Create(new Gater(Public(3)), null, null, _transport, new FakeTransport("memory"));
        var quic = Address("/ip4/8.8.4.4/udp/1/quic-v1");
        var other = Address($"{Public(4)}/p2p/{Id(2)}");
        var nowhere = Address($"/p2p/{Peer}");
        var dial = Dial(Peer, Address($"{Public(1)}/p2p/{Peer}"), Public(2), Public(3), other, quic, nowhere);
        var first = await _transport.NextAsync();
        _clock.Advance(TimeSpan.FromMilliseconds(100));
        first.Fail(new SocketException((int)SocketError.ConnectionRefused));
        var second = await _transport.NextAsync();
        second.Progress.Report(DialStage.Secure);
        _clock.Advance(TimeSpan.FromMilliseconds(50));
        second.Fail(new IOException("The link broke.\r\nsecond line"));
        var failure = await Assert.ThrowsAsync<DialException>(() => dial);
        Assert.Equal(
            [
                new(Public(1), DialStage.Connect, new SocketException((int)SocketError.ConnectionRefused).Message, Libp2pError.Unreachable, TimeSpan.FromMilliseconds(100)),
                new(Public(2), DialStage.Secure, "The link broke.", Libp2pError.HandshakeFailed, TimeSpan.FromMilliseconds(50)),
                new(Public(3), DialStage.NotTried, "the connection gater does not allow it", Libp2pError.Refused, TimeSpan.Zero),
                new(other, DialStage.NotTried, $"The address {other} is one of {Id(2)}, not of {Peer} that was asked for.", Libp2pError.PeerIdMismatch, TimeSpan.Zero),
                new(quic, DialStage.NotTried, "no transport takes such an address (there are: tcp, memory)", Libp2pError.UnsupportedAddress, TimeSpan.Zero),
                new(nowhere, DialStage.NotTried, "it names a peer, but no way to it", Libp2pError.UnsupportedAddress, TimeSpan.Zero),
            ],
            failure.Attempts);
        Assert.Equal((Peer, Libp2pError.DialFailed), (failure.Peer!, failure.Error));
        Assert.Contains($"{Public(1)}: ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_addresses_it_says_so()
    {
        var failure = await Assert.ThrowsAsync<DialException>(() => Dial(Peer));
        Assert.Equal(Libp2pError.NoAddresses, failure.Error);
    }

    [Fact]
    public async Task Whoever_answers_wrongly_is_not_connected_and_the_others_are_tried()
    {
        var dial = Dial(Peer, PublicMany(3));
        (await _transport.NextAsync()).Fail(new PeerIdMismatchException(Peer, Id(2)));
        var careless = (await _transport.NextAsync()).Succeed(Id(2));
        (await _transport.NextAsync()).Fail();
        var failure = await Assert.ThrowsAsync<DialException>(() => dial);
        Assert.Equal([DialStage.Authenticate, DialStage.Authenticate, DialStage.Connect], failure.Attempts.Select(a => a.Stage));
        Assert.Equal($"The peer that answered is {Id(2)}, not {Peer} that was asked for.", failure.Attempts[1].Cause);
        await careless.Disposed;
        Assert.Equal(CloseCode.ProtocolViolation, (await careless.Closed).Code);
        Assert.Empty(_admitted);
    }

    [Fact]
    public async Task A_success_that_comes_too_late_is_closed_and_says_why()
    {
        var deaf = new FakeTransport { Deaf = true };
        _dialer = Create(null, null, null, deaf);
        var dial = Dial(Peer, PublicMany(2));
        var first = await deaf.NextAsync();
        _clock.Advance(TimeSpan.FromMilliseconds(250));
        var second = await deaf.NextAsync();
        Assert.Same(second.Succeed(), await dial);
        await first.CancelledAsync();
        var late = first.Succeed();
        Assert.Equal(new(CloseCode.LocalClose, "the dial was over before"), await late.Closed.WaitAsync(Alive));
        await late.Disposed.WaitAsync(Alive);
        await _dialer.DisposeAsync();
        Assert.Equal([AttemptOutcome.Succeeded, AttemptOutcome.Late], _reports.Select(r => r.Outcome).Order());
        Assert.Single(_admitted);
    }

    [Fact]
    public async Task The_door_may_refuse_and_may_exchange()
    {
        var exchanged = new FakeConnection(Peer, Public(9));
        _dialer = Create(null, c => c.Info.RemoteAddress == Public(1) ? null
            : c.Info.RemoteAddress == Public(2) ? throw new Libp2pException(Libp2pError.LimitReached, "8 connections are open already.")
            : exchanged);
        var dial = Dial(Peer, PublicMany(3));
        var refused = (await _transport.NextAsync()).Succeed();
        Assert.Equal(CloseCode.Refused, (await refused.Closed.WaitAsync(Alive)).Code);
        var limited = (await _transport.NextAsync()).Succeed();
        Assert.Equal(new(CloseCode.Refused, "8 connections are open already."), await limited.Closed.WaitAsync(Alive));
        (await _transport.NextAsync()).Succeed();
        Assert.Same(exchanged, await dial);
    }

    [Fact]
    public async Task A_failed_address_is_left_alone_until_its_time_or_a_user_comes()
    {
        var dial = Dial(Peer, Public(1));
        (await _transport.NextAsync()).Fail("Refused.");
        await Assert.ThrowsAsync<DialException>(() => dial);
        var failure = await Assert.ThrowsAsync<DialException>(() => Dial(Peer, Public(1)));
        Assert.Equal("not tried: left alone for 5 s more after a failure (Refused.)", Assert.Single(failure.Attempts).Cause);

        var asked = _dialer.DialAsync(Peer, [Public(1)], true, default).AsTask();
        (await _transport.NextAsync()).Fail("Refused.");
        await Assert.ThrowsAsync<DialException>(() => asked);

        _clock.Advance(TimeSpan.FromSeconds(6));
        dial = Dial(Peer, Public(1));
        Assert.NotNull((await _transport.NextAsync()).Succeed());
        await dial;
    }

    [Fact]
    public async Task An_address_without_a_peer_is_dialled_for_anyone()
    {
        var (one, two, other) = (Dial(null, Public(1)), Dial(null, Public(1)), Dial(null, Public(2)));
        var attempts = await _transport.NextAsync(2);
        Assert.All(attempts, a => Assert.Null(a.ExpectedPeer));
        var connection = attempts.Single(a => a.Address == Public(1)).Succeed(Id(5));
        Assert.Same(connection, await one);
        Assert.Same(connection, await two);
        Assert.Same(attempts.Single(a => a.Address == Public(2)).Succeed(Id(6)), await other);
    }

    [Fact]
    public async Task An_address_with_a_peer_is_a_dial_to_that_peer()
    {
        var (one, two) = (Dial(null, Address($"{Public(1)}/p2p/{Peer}")), Dial(Peer, Public(1)));
        var attempt = await _transport.NextAsync();
        Assert.Equal(Peer, attempt.ExpectedPeer);
        var connection = attempt.Succeed();
        Assert.Same(connection, await one);
        Assert.Same(connection, await two);
    }

    [Fact]
    public async Task At_most_160_attempts_run_and_the_others_wait_in_order()
    {
        var dials = Enumerable.Range(0, 200).Select(i => Dial(Id(i), Public(i))).ToArray();
        var running = await _transport.NextAsync(160);
        Assert.Equal(Enumerable.Range(0, 160), running.Select(a => Number(a.Address)).Order());
        Assert.True(_transport.IsIdle);
        for (var i = 0; i < 40; i++)
        {
            running[i].Succeed();
            Assert.Equal(160 + i, Number((await _transport.NextAsync()).Address));
        }
        await Task.WhenAll(running.Take(40).Select(a => dials[Number(a.Address)]));
        await _dialer.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => Task.WhenAll(dials));
        Assert.Equal(40, dials.Count(d => d.IsCompletedSuccessfully));

        static int Number(Multiaddress address) => address.TryGetEndPoint(out var endPoint) ? endPoint.Port : -1;
    }

    [Fact]
    public async Task Whatever_the_end_of_an_attempt_its_turn_goes_to_the_next()
    {
        _dialer = Create(null, null, new() { MaxParallel = 1 });
        var failing = Dial(Id(1), Public(1));
        using var source = new CancellationTokenSource();
        var (leaving, lasting, succeeding) = (Dial(Id(2), source.Token, Public(2)), Dial(Id(3), Public(3)), Dial(Id(4), Public(4)));
        (await _transport.NextAsync()).Fail();
        await Assert.ThrowsAsync<DialException>(() => failing);
        Assert.Equal(Public(2), (await _transport.NextAsync()).Address);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving);
        Assert.Equal(Public(3), (await _transport.NextAsync()).Address);
        _clock.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(Libp2pError.Timeout, (await Assert.ThrowsAsync<DialException>(() => lasting)).Error);
        (await _transport.NextAsync()).Succeed();
        await succeeding;
    }

    [Fact]
    public async Task Too_many_peers_are_refused()
    {
        _dialer = Create(null, null, new() { MaxPeers = 2, MaxParallel = 1 });
        var dials = new[] { Dial(Id(1), Public(1)), Dial(Id(2), Public(2)) };
        var failure = await Assert.ThrowsAsync<Libp2pException>(() => Dial(Id(3), Public(3)));
        Assert.Equal(Libp2pError.LimitReached, failure.Error);
        (await _transport.NextAsync()).Succeed();
        (await _transport.NextAsync()).Succeed();
        await Task.WhenAll(dials);
        var more = Dial(Id(3), Public(3));
        (await _transport.NextAsync()).Succeed();
        await more;
    }

    [Fact]
    public async Task Disposal_ends_every_dial_and_waits_for_every_attempt()
    {
        var deaf = new FakeTransport { Deaf = true };
        _dialer = Create(null, null, null, deaf);
        var dials = Enumerable.Range(0, 5).Select(i => Dial(Id(i), Public(i))).ToArray();
        var attempts = await deaf.NextAsync(5);
        var disposal = _dialer.DisposeAsync().AsTask();
        foreach (var dial in dials)
            await Assert.ThrowsAsync<ObjectDisposedException>(() => dial);
        var connections = new List<FakeConnection>();
        foreach (var attempt in attempts)
        {
            await attempt.CancelledAsync();
            Assert.False(disposal.IsCompleted);
            connections.Add(attempt.Succeed());
        }
        await disposal.WaitAsync(Alive);
        Assert.All(connections, c => Assert.True(c.Disposed.IsCompleted));
        Assert.Equal(5, _reports.Count);
        await _clock.WaitForTimersAsync(0);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => Dial(Peer, Public(1)));
        await _dialer.DisposeAsync();
    }

    [Fact]
    public async Task What_an_observer_throws_ends_nothing()
    {
        _dialer.AttemptEnded += _ => throw new InvalidOperationException("an observer");
        var dial = Dial(Peer, Public(1));
        (await _transport.NextAsync()).Succeed();
        await dial;
        await _dialer.DisposeAsync().AsTask().WaitAsync(Alive);
    }

    sealed class Gater(Multiaddress denied) : IConnectionGater
    {
        public bool AllowDial(PeerId? peer, Multiaddress address) => address != denied;
    }
}
