using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Libp2p.Attack.Target;
using Libp2p.Attack.Tests.Support;

namespace Libp2p.Attack.Tests.Faults;

/// <summary>
/// A process that is killed ends the other's connection with a reason within two seconds, and leaves nothing behind. Two
/// processes in traffic, one of which dies at a random moment; TINCAN_SEED sets the seed, TINCAN_LONG=1 makes it 300 deaths.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    static int Deaths => Environment.GetEnvironmentVariable("TINCAN_LONG") == "1" ? 150 : 15;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Ends_the_connection_of_the_survivor_with_a_reason_and_leaks_nothing(bool survivorDials)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("TINCAN_SEED"), out var set) ? set : Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var survivor = await TargetProcess.StartAsync([], "/ip4/127.0.0.1/tcp/0");
        var start = await survivor.GetStateAsync();
        for (var i = 0; i < Deaths; i++)
        {
            await using var mortal = await TargetProcess.StartAsync([], "/ip4/127.0.0.1/tcp/0");
            var wait = TimeSpan.FromMilliseconds(random.Next(0, 400));
            if (survivorDials)
                survivor.Dial(mortal.AddressAt(IPAddress.Loopback));
            else
                mortal.Dial(survivor.AddressAt(IPAddress.Loopback));
            await Task.Delay(wait);
            var killed = Stopwatch.GetTimestamp();
            mortal.Kill();
            var end = await survivor.WaitForAsync(s => IsBackAt(s, start), Limit + TimeSpan.FromSeconds(1));
            var took = Stopwatch.GetElapsedTime(killed);
            Assert.True(took < Limit, $"Death {i}, after {wait.TotalMilliseconds:0} ms: the survivor needed {took.TotalSeconds:0.0} s.");
            Assert.Empty(end.Failures);
            foreach (var told in survivor.TakeTold())
            {
                if (told["Ended"] is not null)
                    Assert.NotEmpty((string)told["Reason"]!);
            }
        }
        var last = await survivor.WaitForAsync(s => IsBackAt(s, start) && s.Timers <= start.Timers + 2, TimeSpan.FromSeconds(20));
        output.WriteLine($"start {start}\nend   {last}");
    }

    [Fact]
    public async Task Ends_the_connection_in_full_traffic_with_a_reason()
    {
        await using var survivor = await TargetProcess.StartAsync([], "/ip4/127.0.0.1/tcp/0");
        await using var mortal = await TargetProcess.StartAsync([], "/ip4/127.0.0.1/tcp/0");
        mortal.Dial(survivor.AddressAt(IPAddress.Loopback));
        await survivor.NextAsync("Opened");
        await survivor.WaitForAsync(s => s.Streams >= 4, TimeSpan.FromSeconds(30));
        var killed = Stopwatch.GetTimestamp();
        mortal.Kill();
        var ended = await survivor.NextAsync("Ended");
        Assert.True(Stopwatch.GetElapsedTime(killed) < Limit, $"It took {Stopwatch.GetElapsedTime(killed)}.");
        Assert.Equal(mortal.Peer.ToString(), (string)ended["Ended"]!);
        // The kernel of the dead resets where bytes were unread, and else ends in good order, between two frames: who died is told either way.
        Assert.Contains((string)ended["Code"]!, (string[])[nameof(CloseCode.LinkLost), nameof(CloseCode.RemoteClose)]);
        output.WriteLine((string)ended["Reason"]!);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\u0013/multistream/1.0.0\n")]
    [InlineData("\u0013/multistream/1.0.0\n\u0007/noise\n")]
    [InlineData("\u0013/multistream/1.0.0\n\u0007/noise\n\u0000\u0020half of a message")]
    public async Task Forgets_a_peer_that_dies_in_the_middle_of_its_handshake(string said)
    {
        await using var survivor = await TargetProcess.StartAsync([], "/ip4/127.0.0.1/tcp/0");
        var start = await survivor.GetStateAsync();
        foreach (var isReset in (bool[])[true, false])
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(isReset, 0) };
            await socket.ConnectAsync(IPAddress.Loopback, survivor.Port);
            await socket.SendAsync(System.Text.Encoding.Latin1.GetBytes(said));
            await survivor.WaitForAsync(s => s.Sockets > start.Sockets, Limit);
            socket.Dispose();
            await survivor.WaitForAsync(s => IsBackAt(s, start), Limit);
        }
    }

    static bool IsBackAt(TargetState state, TargetState start) =>
        state is { Connections: 0, Sessions: 0, Streams: 0, Rented: 0 } && state.Sockets <= start.Sockets;
}
