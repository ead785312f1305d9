using Libp2p.Swarm;
using Libp2p.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using static Libp2p.Tests.Swarm.Peers;

namespace Libp2p.Tests.Swarm;

/// <summary>Names among the addresses of a dial.</summary>
public sealed class DialNamesTests : IAsyncLifetime
{
    static readonly PeerId Peer = Id(1);
    static readonly TimeSpan Alive = PipeTransfer.Alive;
    static readonly Multiaddress Name = Address("/dns/host.example.com/tcp/1");

    readonly ManualTimeProvider _clock = new();
    readonly FakeTransport _transport = new();
    readonly ScriptedNames _names = new();
    Dialer _dialer;

    public DialNamesTests() => _dialer = Create(new());

    public ValueTask InitializeAsync() => default;

    public ValueTask DisposeAsync() => _dialer.DisposeAsync();

    [Fact]
    public async Task What_a_name_stands_for_is_dialled_six_before_four()
    {
        _names.Host("host.example.com", false, "8.8.4.4", "2606:4700::1");
        var dial = Dial(Name);
        var six = await _transport.NextAsync();
        Assert.Equal("/ip6/2606:4700::1/tcp/1", six.Address.ToString());
        Assert.True(_transport.IsIdle);
        _clock.Advance(TimeSpan.FromMilliseconds(250));
        var four = await _transport.NextAsync();
        Assert.Equal("/ip4/8.8.4.4/tcp/1", four.Address.ToString());
        Assert.Equal(Peer, four.ExpectedPeer);
        Assert.Same(four.Succeed(), await dial);
        await six.CancelledAsync();
    }

    [Fact]
    public async Task Addresses_go_ahead_while_a_name_resolves()
    {
        _names.Silence("host.example.com");
        var dial = Dial(Name, Public(7));
        var attempt = await _transport.NextAsync();
        Assert.Equal(Public(7), attempt.Address);
        Assert.Same(attempt.Succeed(), await dial);
    }

    [Fact]
    public async Task A_failure_tells_the_address_the_name_and_the_stage()
    {
        _names.Host("host.example.com", false, "8.8.4.4", "10.0.0.1");
        var dial = Dial(Name, Address("/dns4/none.example.com/tcp/2"));
        (await _transport.NextAsync()).Fail("nobody listens");
        var attempts = (await Assert.ThrowsAsync<DialException>(() => dial)).Attempts;
        Assert.Equal(3, attempts.Count);

        var tried = Assert.Single(attempts, a => a.Address == Public(1));
        Assert.Equal((Name, DialStage.Connect), (tried.ResolvedFrom!, tried.Stage));
        Assert.Equal($"{Public(1)} (which {Name} gave): nobody listens", tried.ToString());

        var unknown = Assert.Single(attempts, a => a.Stage == DialStage.Resolve);
        Assert.Equal(("/dns4/none.example.com/tcp/2", "there is no none.example.com", Libp2pError.Unreachable), (unknown.Address.ToString(), unknown.Cause, unknown.Error));
        Assert.Null(unknown.ResolvedFrom);

        var refused = Assert.Single(attempts, a => a.Error == Libp2pError.Refused);
        Assert.Equal((Address("/ip4/10.0.0.1/tcp/1"), Name, DialStage.NotTried), (refused.Address, refused.ResolvedFrom!, refused.Stage));
        Assert.Contains("a public name gave it", refused.Cause, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("127.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("::1")]
    [InlineData("fd00::1")]
    [InlineData("::ffff:192.168.1.1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("0.0.0.0")]
    public async Task A_public_name_leads_to_no_private_address(string address)
    {
        _names.Host("host.example.com", false, address);
        var failure = await Assert.ThrowsAsync<DialException>(() => Dial(Name));
        Assert.Equal(Libp2pError.Refused, failure.Error);
        Assert.True(_transport.IsIdle);
    }

    [Theory]
    [InlineData("/dns4/lan/tcp/1", false)] // the machine's own name for it
    [InlineData("/dns4/host.example.com/tcp/1", true)] // allowed
    public async Task A_private_address_is_dialled_where_that_is_meant(string name, bool allow)
    {
        await _dialer.DisposeAsync();
        _dialer = Create(new() { AllowPrivateByName = allow });
        _names.Host("host.example.com", false, "10.0.0.1").Host("lan", true, "10.0.0.1");
        var dial = Dial(Address(name));
        (await _transport.NextAsync()).Succeed();
        await dial;
    }

    [Fact]
    public async Task A_link_gives_the_addresses_of_the_peer_that_is_wanted()
    {
        _names.Links("boot.example.com", $"/ip4/8.8.4.4/tcp/2/p2p/{Id(2)}", $"/ip4/8.8.4.4/tcp/1/p2p/{Peer}");
        var dial = Dial(Address("/dnsaddr/boot.example.com"));
        var attempt = await _transport.NextAsync();
        Assert.Equal((Public(1), Peer), (attempt.Address, attempt.ExpectedPeer!));
        attempt.Succeed();
        await dial;
        Assert.True(_transport.IsIdle);
    }

    [Fact]
    public async Task Who_must_answer_is_what_the_link_says_where_nobody_else_does()
    {
        _names.Links("boot.example.com", $"/ip4/8.8.4.4/tcp/2/p2p/{Id(2)}");
        var dial = _dialer.DialAsync(null, [Address("/dnsaddr/boot.example.com")], false, default).AsTask();
        var attempt = await _transport.NextAsync();
        Assert.Equal(Id(2), attempt.ExpectedPeer);
        attempt.Succeed(Id(3));
        var failure = await Assert.ThrowsAsync<DialException>(() => dial.WaitAsync(Alive));
        Assert.Equal(Libp2pError.PeerIdMismatch, failure.Error);
    }

    [Fact]
    public async Task A_name_that_failed_is_left_alone_like_an_address()
    {
        await Assert.ThrowsAsync<DialException>(() => Dial(Name));
        Assert.Single(_names.Asked);
        var left = Assert.Single((await Assert.ThrowsAsync<DialException>(() => Dial(Name))).Attempts);
        Assert.Equal(DialStage.NotTried, left.Stage);
        Assert.Single(_names.Asked);

        // What it stands for has a back-off of its own.
        _clock.Advance(TimeSpan.FromSeconds(5));
        _names.Host("host.example.com", false, "8.8.4.4");
        var dial = Dial(Name);
        (await _transport.NextAsync()).Fail();
        await Assert.ThrowsAsync<DialException>(() => dial);
        left = Assert.Single((await Assert.ThrowsAsync<DialException>(() => Dial(Name))).Attempts);
        Assert.Equal((Public(1), DialStage.NotTried), (left.Address, left.Stage));
        Assert.Equal(3, _names.Asked.Count);
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_in_time_is_given_up()
    {
        _names.Silence("host.example.com");
        var dial = Dial(Name);
        while (_names.Asked.IsEmpty)
            await Task.Yield();
        _clock.Advance(TimeSpan.FromSeconds(5));
        var attempt = Assert.Single((await Assert.ThrowsAsync<DialException>(() => dial)).Attempts);
        Assert.Equal((DialStage.Resolve, Libp2pError.Timeout), (attempt.Stage, attempt.Error));
    }

    [Fact]
    public async Task Who_stops_waiting_stops_the_look_up()
    {
        _names.Silence("host.example.com");
        using var cancellation = new CancellationTokenSource();
        var dial = _dialer.DialAsync(Peer, [Name], false, cancellation.Token).AsTask();
        while (_names.Asked.IsEmpty)
            await Task.Yield();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dial.WaitAsync(Alive));
        await _dialer.DisposeAsync().AsTask().WaitAsync(Alive);
        await _clock.WaitForTimersAsync(0);
    }

    [Fact]
    public async Task No_name_is_looked_up_that_no_transport_would_take()
    {
        var failure = await Assert.ThrowsAsync<DialException>(() => Dial(Address("/dns4/host.example.com/udp/1/quic-v1")));
        Assert.Equal(Libp2pError.UnsupportedAddress, failure.Error);
        Assert.Empty(_names.Asked);
    }

    [Fact]
    public async Task The_gater_is_asked_for_the_name_and_for_what_it_gives()
    {
        await _dialer.DisposeAsync();
        var gater = new NotingGater { Refuse = Address("/ip4/8.8.4.4/tcp/1") };
        _dialer = Create(new(), gater);
        _names.Host("host.example.com", false, "8.8.4.4");
        var failure = await Assert.ThrowsAsync<DialException>(() => Dial(Name));
        Assert.Equal(Libp2pError.Refused, failure.Error);
        Assert.Equal([Name, Public(1)], gater.Asked);
    }

    [Fact]
    public async Task Two_names_are_ranked_as_one()
    {
        // Each gives its answer at once; the starts keep their distance all the same.
        _names.Host("six.example.com", false, "2606:4700::1").Host("four.example.com", false, "8.8.4.4");
        var dial = Dial(Address("/dns6/six.example.com/tcp/1"), Address("/dns4/four.example.com/tcp/1"));
        var first = await _transport.NextAsync();
        while (_names.Asked.Count < 2)
            await Task.Yield();
        Assert.True(_transport.IsIdle);
        for (var i = 0; i < 5; i++)
            _clock.Advance(TimeSpan.FromMilliseconds(250));
        var second = await _transport.NextAsync();
        Assert.NotEqual(first.Address, second.Address);
        second.Succeed();
        await dial;
    }

    Dialer Create(DialOptions options, IConnectionGater? gater = null) =>
        new(options, [_transport], gater, c => c, _clock, NullLogger.Instance, new AddressResolver(_names, timeProvider: _clock));

    Task<PeerConnection> Dial(params Multiaddress[] addresses) => _dialer.DialAsync(Peer, addresses, false, default).AsTask().WaitAsync(Alive);

    sealed class NotingGater : IConnectionGater
    {
        public List<Multiaddress> Asked { get; } = [];

        public required Multiaddress Refuse { get; init; }

        public bool AllowDial(PeerId? peer, Multiaddress address)
        {
            Asked.Add(address);
            return address != Refuse;
        }
    }
}
