using System.Buffers;
using Libp2p.Muxers.Mplex;
using Libp2p.Muxers.Yamux;
using Libp2p.Security.Noise;
using Libp2p.Security.Plaintext;
using Libp2p.Security.Secio;
using Libp2p.Security.Tls;
using Libp2p.Swarm;
using Libp2p.Testing;

namespace Libp2p.Tests.Swarm;

/// <summary>Somebody on the way who edits the negotiation: what he gets, and what he does not (docs/downgrade.md).</summary>
public sealed class DowngradeTests
{
    const string Noise = "/noise";
    const string Tls = "/tls/1.0.0";
    const string Secio = "/secio/1.0.0";
    const string Plaintext = "/plaintext/2.0.0";
    const string Refusal = "na";

    static readonly TimeSpan _alive = PipeTransfer.Alive;

    /// <summary>How long an upgrade has that may wait for what never comes. Where both must succeed, they have as long as it takes.</summary>
    static readonly TimeSpan _deadline = TimeSpan.FromSeconds(2);

    /// <summary>What he may try, by name; the target is the protocol that he wants.</summary>
    static readonly Dictionary<string, Func<ManInTheMiddle, string, Task>> _attacks = new()
    {
        ["refuses all but the target"] = async (man, target) =>
        {
            await man.GreetAsync();
            string proposal;
            while ((proposal = await man.HearDialerAsync()) != target)
                await man.TellDialerAsync(Refusal);
            await man.TellListenerAsync(proposal);
            await man.TellDialerAsync(await man.HearListenerAsync());
        },
        ["renames the proposal, and the answer back"] = async (man, target) =>
        {
            await man.GreetAsync();
            var proposal = await man.HearDialerAsync();
            await man.TellListenerAsync(target);
            await man.TellDialerAsync(await man.HearListenerAsync() == target ? proposal : Refusal);
        },
        ["renames the proposal alone"] = async (man, target) =>
        {
            await man.GreetAsync();
            await man.HearDialerAsync();
            await man.TellListenerAsync(target);
            await man.TellDialerAsync(await man.HearListenerAsync());
        },
        ["renames the answer alone"] = async (man, target) =>
        {
            await man.GreetAsync();
            await man.TellListenerAsync(await man.HearDialerAsync());
            await man.HearListenerAsync();
            await man.TellDialerAsync(target);
        },
        ["proposes the target to the listener, and refuses the dialler until it does too"] = async (man, target) =>
        {
            await man.GreetAsync();
            await man.TellListenerAsync(target);
            var answer = await man.HearListenerAsync();
            while (await man.HearDialerAsync() != target)
                await man.TellDialerAsync(Refusal);
            await man.TellDialerAsync(answer);
        },
        ["answers for a listener that he does not ask"] = async (man, target) =>
        {
            await man.TellDialerAsync(await man.HearDialerAsync());
            while (await man.HearDialerAsync() != target)
                await man.TellDialerAsync(Refusal);
            await man.TellDialerAsync(target);
        },
        ["repeats the proposal"] = async (man, target) =>
        {
            await man.GreetAsync();
            await man.TellListenerAsync(target);
            await man.TellListenerAsync(target);
            await man.TellListenerAsync(await man.HearDialerAsync());
            await man.TellDialerAsync(await man.HearListenerAsync());
        },
    };

    public static TheoryData<string, string, string, string> Attempts()
    {
        var data = new TheoryData<string, string, string, string>();
        foreach (var attack in _attacks.Keys)
        {
            foreach (var target in new[] { Secio, Plaintext })
            {
                foreach (var (dialer, listener) in new[] { (Noise, Noise), ($"{Noise} {Secio} {Plaintext}", Noise), (Noise, $"{Noise} {Secio} {Plaintext}"), ($"{Noise} {Secio}", $"{Noise} {Plaintext}") })
                    data.Add(attack, target, dialer, listener);
            }
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Attempts))]
    public async Task He_gets_no_protocol_that_either_side_did_not_enable(string attack, string target, string dialer, string listener)
    {
        await using var man = new ManInTheMiddle(m => _attacks[attack](m, target));
        var (dialed, accepted) = await UpgradeAsync(man, dialer, listener, "yamux", "yamux");
        // Both connected means: by the only protocol that both have.
        Assert.True(dialed is null || accepted is null || (dialed.Security == Noise && accepted.Security == Noise), $"{dialed} and {accepted}");
        Assert.All(new[] { dialed, accepted }, connection => Assert.True(connection is null || connection.Security != target, $"{connection}"));
    }

    public static TheoryData<string, string, string, string> AttemptsAtTheFirstLink()
    {
        const string Everything = $"{Noise} {Tls} {Secio} {Plaintext}";
        var data = new TheoryData<string, string, string, string>();
        foreach (var attack in _attacks.Keys)
        {
            foreach (var (target, dialer, listener) in new[]
            {
                (Plaintext, Everything, Everything),
                (Secio, Everything, Everything),
                (Tls, $"{Noise} {Tls}", $"{Noise} {Tls}"),
                (Noise, $"{Tls} {Noise}", $"{Noise} {Tls}"),
                (Plaintext, Everything, $"{Noise} {Tls}"),
                (Secio, $"{Noise} {Tls}", Everything),
                (Plaintext, $"{Noise} {Secio}", $"{Tls} {Plaintext}"),
            })
            {
                data.Add(attack, target, dialer, listener);
            }
        }
        return data;
    }

    /// <summary>
    /// A dialler with a choice proposes its first protocol without waiting (ADR 37). On that link nothing else can come of any edit,
    /// whatever both sides have enabled; a refusal, his or the listener's, leads to the link on which it waits, and to what both enabled.
    /// </summary>
    [Theory]
    [MemberData(nameof(AttemptsAtTheFirstLink))]
    public async Task On_the_link_whose_first_proposal_does_not_wait_he_gets_that_or_nothing(string attack, string target, string dialer, string listener)
    {
        string[] common = [.. dialer.Split(' ').Intersect(listener.Split(' '))];
        await using var first = new ManInTheMiddle(m => _attacks[attack](m, target));
        var refused = false;
        var (dialed, accepted) = await UpgradeAsync(first.Dialer, first.Listener, first.Cut, dialer, listener, "yamux", "yamux", waits: false, onRefused: () => refused = true);
        Assert.True(dialed is null || dialed.Security == dialer.Split(' ')[0], $"{dialed}");
        Assert.True(dialed is null || accepted is null || dialed.Security == accepted.Security, $"{dialed} and {accepted}");
        if (!refused)
            return;
        Assert.Null(dialed);
        await using var second = new ManInTheMiddle(m => _attacks[attack](m, target));
        (dialed, accepted) = await UpgradeAsync(second.Dialer, second.Listener, second.Cut, dialer, listener, "yamux", "yamux", waits: true);
        Assert.True(dialed is null || accepted is null || (dialed.Security == accepted.Security && common.Contains(dialed.Security.ToString())), $"{dialed} and {accepted}");
        Assert.True(dialed is null || dialer.Split(' ').Contains(dialed.Security.ToString()), $"{dialed}");
        Assert.True(accepted is null || listener.Split(' ').Contains(accepted.Security.ToString()), $"{accepted}");
    }

    /// <summary>Why plaintext and SECIO are off unless asked for: where both sides have a weaker protocol, whoever is on the way chooses.</summary>
    [Theory]
    [InlineData(Secio)]
    [InlineData(Plaintext)]
    public async Task He_gets_what_both_sides_enabled(string target)
    {
        await using var man = new ManInTheMiddle(m => _attacks["refuses all but the target"](m, target));
        var (dialed, accepted) = await UpgradeAsync(man, $"{Noise} {target}", $"{Noise} {target}", "yamux", "yamux", deadline: _alive);
        Assert.Equal((target, target), (dialed?.Security.ToString(), accepted?.Security.ToString()));
    }

    [Fact]
    public async Task Without_an_attack_the_best_is_taken()
    {
        await using var man = new ManInTheMiddle(_ => Task.CompletedTask);
        var (dialed, accepted) = await UpgradeAsync(man, $"{Noise} {Secio} {Plaintext}", $"{Plaintext} {Secio} {Noise}", "yamux", "yamux", deadline: _alive);
        Assert.Equal((Noise, Noise), (dialed?.Security.ToString(), accepted?.Security.ToString()));
    }

    /// <summary>The muxer is agreed on within the handshake, or under its keys: no change of any byte gives another one.</summary>
    [Theory]
    [InlineData(Noise, "yamux", "yamux", "/yamux/1.0.0")]
    [InlineData(Noise, "yamux mplex", "mplex", "/mplex/6.7.0")]
    [InlineData(Noise, "yamux mplex", "mplex yamux", "/yamux/1.0.0")]
    [InlineData(Tls, "yamux", "yamux", "/yamux/1.0.0")]
    [InlineData(Tls, "yamux mplex", "mplex", "/mplex/6.7.0")]
    [InlineData(Secio, "yamux mplex", "mplex yamux", "/yamux/1.0.0")]
    public async Task Where_the_handshake_binds_the_muxer_he_gets_nothing(string security, string dialerMuxers, string listenerMuxers, string muxer)
    {
        var length = 0L;
        await using (var whole = new LinkRelay(LinkRelay.AtMost(long.MaxValue, passed => Volatile.Write(ref length, passed))))
        {
            var (dialed, accepted) = await UpgradeAsync(whole.Dialer, whole.Listener, () => whole.Dialer.Abort(), security, security, dialerMuxers, listenerMuxers, deadline: _alive);
            Assert.Equal((muxer, muxer), (dialed?.Muxer.ToString(), accepted?.Muxer.ToString()));
        }
        // Behind the negotiation in the clear, which is the same on every run: 20 bytes of greeting, the proposal with length and line feed.
        var begin = 20 + security.Length + 2;
        for (var at = begin; at < length; at += 1 + ((int)length / 40))
        {
            await using var relay = new LinkRelay(Flip(at));
            var (dialed, accepted) = await UpgradeAsync(relay.Dialer, relay.Listener, () => relay.Dialer.Abort(), security, security, dialerMuxers, listenerMuxers);
            Assert.True(dialed is null || accepted is null, $"a change at byte {at} went unseen");
            Assert.All(new[] { dialed, accepted }, connection => Assert.True(connection is null || connection.Muxer == muxer, $"{connection} after a change at byte {at}"));
        }
    }

    static Task<(ConnectionInfo? Dialed, ConnectionInfo? Accepted)> UpgradeAsync(
        ManInTheMiddle man, string dialer, string listener, string dialerMuxers, string listenerMuxers, TimeSpan? deadline = null) =>
        UpgradeAsync(man.Dialer, man.Listener, man.Cut, dialer, listener, dialerMuxers, listenerMuxers, deadline: deadline);

    /// <summary>Upgrades both ends; where one fails, or waits for what will never come, the connection is cut, as its deadline would.</summary>
    static async Task<(ConnectionInfo? Dialed, ConnectionInfo? Accepted)> UpgradeAsync(
        Link dialer, Link listener, Action cut, string dialerSecurities, string listenerSecurities, string dialerMuxers, string listenerMuxers,
        bool? waits = null, Action? onRefused = null, TimeSpan? deadline = null)
    {
        // A dialler with a choice, on the link on which it waits for each answer: the one before it ends at the first refusal.
        var waitsForAnswers = waits ?? dialerSecurities.Contains(' ', StringComparison.Ordinal);
        // A changed length lets both wait for what never comes; the deadline of an upgrade ends that, here a shorter one.
        await using var end = new Timer(_ => cut(), null, deadline ?? _deadline, Timeout.InfiniteTimeSpan);
        var listening = Begin(listener, Role.Listener, null, listenerSecurities, listenerMuxers, waitsForAnswers: false);
        var dialing = Begin(dialer, Role.Dialer, Peer, dialerSecurities, dialerMuxers, waitsForAnswers);
        if (!(await Task.WhenAny(dialing, listening)).IsCompletedSuccessfully)
            cut();
        var connections = new[] { await OutcomeAsync(dialing, onRefused), await OutcomeAsync(listening) };
        foreach (var connection in connections)
            connection?.Abort(new CloseReason(CloseCode.LocalClose));
        return (connections[0]?.Info, connections[1]?.Info);
    }

    static readonly Identity _listener = Identity.Generate();

    static PeerId Peer => _listener.PeerId;

    static async Task<PeerConnection> Begin(Link link, Role role, PeerId? expected, string securities, string muxers, bool waitsForAnswers)
    {
        await Task.Yield();
        var upgrader = new Upgrader(
            role == Role.Listener ? _listener : Identity.Generate(),
            [.. securities.Split(' ').Select(Create)],
            [.. muxers.Split(' ').Select(IMuxerProtocol (name) => name == "yamux" ? new YamuxMuxer() : new MplexMuxer())],
            TimeProvider.System);
        return await upgrader.UpgradeAsync(link, role, expected, 0, null, CancellationToken.None, waitsForAnswers);
    }

    static ISecurityProtocol Create(string name) => name switch
    {
        Noise => new NoiseProtocol(),
        Tls => new TlsProtocol(),
        Secio => new SecioProtocol(),
        _ => new PlaintextProtocol(),
    };

    static async Task<PeerConnection?> OutcomeAsync(Task<PeerConnection> upgrade, Action? onRefused = null)
    {
        try
        {
            return await upgrade.WaitAsync(_alive);
        }
        catch (Libp2pException e)
        {
            if (e is ProposalRefusedException)
                onRefused?.Invoke();
            return null;
        }
    }

    static LinkPump Flip(long at) => async (from, to) =>
    {
        var passed = 0L;
        while (true)
        {
            var read = await from.ReadAsync();
            var bytes = read.Buffer.ToArray();
            if (passed <= at && at < passed + bytes.Length)
                bytes[at - passed] ^= 0x04;
            passed += bytes.Length;
            from.AdvanceTo(read.Buffer.End);
            await to.WriteAsync(bytes);
            if (read.IsCompleted)
                return;
        }
    };
}
