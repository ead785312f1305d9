using System.Diagnostics;
using Libp2p.Attack.Target;
using Libp2p.Attack.Tests.Attacks;
using Libp2p.Attack.Tests.Support;

namespace Libp2p.Attack.Tests;

/// <summary>
/// One living node under attack, from many addresses, while an honest peer uses it and others come. The normal run does all
/// attacks one after the other; with TINCAN_LONG=1 each also runs alone, with a minute to recover. TINCAN_SEED sets the seed.
/// </summary>
public sealed class LivingNodeTests(ITestOutputHelper output)
{
    const long Allowed = 64L << 20;

    static readonly TimeSpan PingLimit = TimeSpan.FromSeconds(1);
    static readonly TimeSpan EchoLimit = TimeSpan.FromSeconds(2);
    static readonly TimeSpan Recovery = TimeSpan.FromMinutes(1);

    internal static readonly IReadOnlyList<AttackCase> Attacks =
    [
        new("12,000 connection attempts", HandshakeAttacks.FloodConnectionsAsync),
        new("500 silent handshakes", HandshakeAttacks.StaySilentAsync),
        new("500 dripping handshakes", HandshakeAttacks.DripAsync),
        new("100,000 stream opens", StreamAttacks.FloodOpensAsync),
        new("100,000 streams opened and reset", StreamAttacks.FloodResetsAsync),
        new("1,000,000 pings unread", StreamAttacks.FloodPingsAsync),
        new("bad frames", FrameAttacks.SendBadFramesAsync),
        new("5,000 negotiations left open", StreamAttacks.LeaveNegotiationsOpenAsync),
        new("lists asked for and not read", StreamAttacks.FloodListsAsync),
        new("lies in identify", ProtocolAttacks.LieAboutIdentityAsync),
        new("2,000 pushes of identify", ProtocolAttacks.FloodPushesAsync),
        new("ping on 20 streams", ProtocolAttacks.PingOnManyStreamsAsync),
        new("a flood of IHAVE", GossipAttacks.FloodIHaveAsync),
        new("a flood of IWANT", GossipAttacks.FloodIWantAsync),
        new("a flood of grafts", GossipAttacks.FloodGraftsAsync),
        new("20,000 forged messages", GossipAttacks.FloodForgedAsync),
        new("6,000 valid messages", GossipAttacks.FloodValidAsync),
        new("giant RPCs", GossipAttacks.SendGiantsAsync),
        new("350,000 topics, and as many changes of mind", GossipAttacks.FloodSubscriptionsAsync),
        new("twenty who read nothing", GossipAttacks.ReadNothingAsync),
        new("too many connections", ProtocolAttacks.ConnectTooOftenAsync),
    ];

    const string All = "all of them, one after the other";

    /// <summary>What the theory runs.</summary>
    public static IEnumerable<TheoryDataRow<string>> Runs => IsLong ? [new(All), .. Attacks.Select(attack => new TheoryDataRow<string>(attack.Name))] : [new(All)];

    // Code that the runtime compiles again once it is hot takes memory that no attacker holds: here it is compiled once.
    static readonly string[] CompiledOnce = ["env", "DOTNET_TieredCompilation=0"];

    static bool IsLong => Environment.GetEnvironmentVariable("TINCAN_LONG") == "1";

    [Theory]
    [MemberData(nameof(Runs))]
    public Task Serves_honest_peers_through_the_attack_and_recovers(string attacks) =>
        SurviveAsync(attacks == All ? Attacks : [Attacks.Single(attack => attack.Name == attacks)]);

    async Task SurviveAsync(IReadOnlyList<AttackCase> attacks)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("TINCAN_SEED"), out var set) ? set : Environment.TickCount;
        output.WriteLine($"seed {seed}");
        using var network = AttackNetwork.CreateOrSkip();
        await using var victim = await TargetProcess.StartAsync([.. network.Launcher, .. CompiledOnce], "/ip4/0.0.0.0/tcp/0");
        var field = new Field(network, victim, new Random(seed));
        var empty = await victim.GetStateAsync(collect: true);
        await using (var honest = await HonestPeer.ComeAsync(field))
        {
            honest.BeginWatching();
            // A node that has worked before: what it compiles and loads once is not the attacker's doing.
            for (var i = 0; i < 20; i++)
                await field.WelcomeNewcomerAsync();
            await HandshakeAttacks.FloodConnectionsAsync(field, field.WelcomeNewcomerAsync, 1000);
            await FrameAttacks.SendBadFramesAsync(field, field.WelcomeNewcomerAsync);
            await ProtocolAttacks.PingOnManyStreamsAsync(field, field.WelcomeNewcomerAsync);
            var start = await victim.WaitForAsync(s => s.Connections == 1, Recovery, collect: true);
            Report("start", start, honest.TakeWorst(), default);
            foreach (var attack in attacks)
                await SurviveAsync(attack, field, honest, start);
            var end = await victim.WaitForAsync(s => IsBackAt(s, start), Recovery, collect: true);
            Report("end", end, honest.TakeWorst(), default);
        }
        await victim.WaitForAsync(s => s is { Connections: 0, Sessions: 0, Streams: 0, Rented: 0 } && s.Sockets <= empty.Sockets, Recovery);
    }

    async Task SurviveAsync(AttackCase attack, Field field, HonestPeer honest, TargetState start)
    {
        // The garbage of the attack before is not this one's: what is held counts.
        await field.Victim.GetStateAsync(collect: true);
        var began = Stopwatch.GetTimestamp();
        var newcomers = new List<Task<(TimeSpan, TimeSpan Ping)>>();
        using var watching = new CancellationTokenSource();
        var peak = WatchMemoryAsync(field.Victim, watching.Token);
        await attack.RunAsync(field, () =>
        {
            var coming = field.WelcomeNewcomerAsync();
            lock (newcomers)
                newcomers.Add(coming);
            return coming;
        });
        var (dial, ping) = (TimeSpan.Zero, TimeSpan.Zero);
        foreach (var newcomer in newcomers)
        {
            var (newDial, newPing) = await newcomer;
            dial = newDial > dial ? newDial : dial;
            ping = newPing > ping ? newPing : ping;
        }
        await watching.CancelAsync();
        Assert.True(field.Victim.IsAlive, $"{attack}: the process has ended. {field.Victim.Errors}");
        var state = await field.Victim.GetStateAsync();
        await honest.WaitForRoundAsync();
        var worst = honest.TakeWorst();
        var most = await peak;
        Report($"{attack}, {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s, {newcomers.Count} newcomers (dial {dial.TotalMilliseconds:0} ms, ping {ping.TotalMilliseconds:0} ms)", state, worst, most);
        Assert.Empty(state.Failures);
        Assert.NotEmpty(newcomers);
        Assert.True(worst.Ping < PingLimit && ping < PingLimit, $"{attack}: a ping took {worst.Ping} (of a newcomer: {ping}).");
        Assert.True(worst.Echo < EchoLimit && worst.Chat < EchoLimit && dial < EchoLimit, $"{attack}: an echo took {worst.Echo}, an answer in the room {worst.Chat}, a dial {dial}.");
        Assert.True(most - start.Resident < Allowed, $"{attack}: memory grew from {start.Resident >> 20} to {most >> 20} MiB.");
    }

    /// <summary>What it has is what it had: connections, streams, sockets, buffers, timers, and memory within a fifth.</summary>
    static bool IsBackAt(TargetState state, TargetState start) =>
        state.Connections == start.Connections && state.Sessions == start.Sessions && state.Streams <= start.Streams + 2
        && state.Sockets <= start.Sockets && state.Timers <= start.Timers + 2
        && state.Rented <= start.Rented + (64 << 10)
        && state.Resident <= start.Resident * 1.2 && state.Failures.Count == 0;

    static async Task<long> WatchMemoryAsync(TargetProcess victim, CancellationToken cancellationToken)
    {
        var most = 0L;
        while (!cancellationToken.IsCancellationRequested)
        {
            most = Math.Max(most, victim.Resident);
            await Task.Delay(50, CancellationToken.None);
        }
        return most;
    }

    void Report(string what, TargetState state, (TimeSpan Ping, TimeSpan Echo, TimeSpan Chat, int Rounds) honest, long peak) => output.WriteLine(
        $"{what}: resident {state.Resident >> 10} KiB (most {peak >> 10}), managed {state.Managed >> 10} KiB, rented {state.Rented >> 10} KiB, "
        + $"{state.Connections} connections, {state.Streams} streams, {state.Sockets} sockets, {state.Timers} timers; "
        + $"honest: {honest.Rounds} rounds, ping ≤ {honest.Ping.TotalMilliseconds:0.0} ms, echo ≤ {honest.Echo.TotalMilliseconds:0.0} ms, chat ≤ {honest.Chat.TotalMilliseconds:0.0} ms");
}
