using System.Globalization;
using System.Text.Json.Nodes;

namespace Tincan.Tests.Processes;

/// <summary>
/// Two chats talk at full speed, and one of them is killed at a random moment and started again; many times. What either has told
/// is then in its history, once, and was never told twice. TINCAN_SEED sets the seed, TINCAN_LONG=1 makes it 200 deaths.
/// </summary>
public sealed class KillTests(ITestOutputHelper output)
{
    private const int Burst = 80;
    private const int PerSecond = 19;

    private static int Deaths => Environment.GetEnvironmentVariable("TINCAN_LONG") == "1" ? 200 : 10;

    [Fact]
    public async Task No_message_that_was_confirmed_is_missing_after_a_kill_and_none_is_double()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("TINCAN_SEED"), CultureInfo.InvariantCulture, out var given) ? given : Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var began = TimeProvider.System.GetTimestamp();
        var random = new Random(seed);
        using var folder = new ScratchFolder();
        Talker[] talkers = [new(folder.File("a")), new(folder.File("b"))];
        await talkers[0].StartAsync(null);
        await talkers[1].StartAsync(talkers[0].Address);
        for (var death = 0; death < Deaths; death++)
        {
            var victim = random.Next(2);
            var survivor = talkers[1 - victim];
            await talkers[victim].DieAsync(TimeSpan.FromMilliseconds(random.Next(50, 1200)));
            await talkers[victim].StartAsync(survivor.Address);
        }
        output.WriteLine($"{Deaths} deaths in {TimeProvider.System.GetElapsedTime(began).TotalSeconds:0} s");
        // At the end each hears what the other says in its last life: neither has ceased to listen.
        await Task.WhenAll(talkers[0].HearsAsync(talkers[1]), talkers[1].HearsAsync(talkers[0]));
        foreach (var talker in talkers)
            await talker.EndAsync();
        foreach (var talker in talkers)
        {
            var told = talker.Told;
            var kept = await talker.ExportAsync();
            output.WriteLine($"{told.Count} told, {kept.Count} kept");
            Assert.Empty(Doubles(told));
            Assert.Empty(Doubles(kept));
            Assert.Empty(told.Except(kept));
            Assert.True(told.Count > Deaths, $"seed {seed}: only {told.Count} were told");
        }
    }

    private static IEnumerable<string> Doubles(IEnumerable<string> texts) => texts.GroupBy(t => t).Where(g => g.Count() > 1).Select(g => g.Key);

    /// <summary>One of the two: the processes that it was, one after the other, and all that they told.</summary>
    private sealed class Talker(string folder)
    {
        private static int _lives;

        private readonly List<string> _told = [];
        private TincanProcess? _process;
        private CancellationTokenSource? _stop;
        private Task _talking = Task.CompletedTask;
        private int _life;

        public string Address => _process!.Address;

        /// <summary>The texts of all messages that its processes told as confirmed.</summary>
        public IReadOnlyList<string> Told => _told;

        public async Task StartAsync(string? dial)
        {
            _life = Interlocked.Increment(ref _lives);
            _process = await TincanProcess.StartChatAsync(["--data", folder, .. dial is null ? Array.Empty<string>() : ["--dial", dial]]);
            _stop = new CancellationTokenSource();
            _talking = TalkAsync(_process, _life, _stop.Token);
        }

        public async Task DieAsync(TimeSpan after)
        {
            await Task.Delay(after);
            _process!.Signal(TincanProcess.SigKill);
            await EndedAsync();
        }

        /// <summary>Waits until it has heard the other one as that is now.</summary>
        public async Task HearsAsync(Talker other) =>
            await _process!.WaitForAsync("message", e => ((string)e["text"]!).StartsWith($"{other._life}: ", StringComparison.Ordinal));

        public async Task EndAsync()
        {
            await _stop!.CancelAsync();
            await _talking;
            _process!.CloseInput();
            await EndedAsync();
        }

        /// <summary>The texts of its history.</summary>
        public async Task<IReadOnlyList<string>> ExportAsync()
        {
            var ended = await TincanProcess.RunAsync("history", "export", "--data", folder);
            Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
            return [.. ended.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => (string)JsonNode.Parse(l)!["text"]!)];
        }

        private async Task EndedAsync()
        {
            var ended = await _process!.WaitForEndAsync();
            await _stop!.CancelAsync();
            await _talking;
            // The last line may be cut: nobody can have read it.
            foreach (var line in ended.Output.Split('\n').Where(l => l.StartsWith("{\"event\":\"message\"", StringComparison.Ordinal) && l.EndsWith('}')))
            {
                var message = JsonNode.Parse(line)!;
                Assert.Null(message["not_saved"]);
                _told.Add((string)message["text"]!);
            }
            await _process.DisposeAsync();
        }

        private static async Task TalkAsync(TincanProcess process, int life, CancellationToken stop)
        {
            try
            {
                for (var i = 0; !stop.IsCancellationRequested; i++)
                {
                    await process.TypeAsync($"{life}: {i}");
                    // As fast as it is taken: a burst, and then what a receiver takes of one sender.
                    if (i > Burst)
                        await Task.Delay(TimeSpan.FromSeconds(1) / PerSecond, stop);
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or InvalidOperationException)
            {
                // It was killed, or ends.
            }
        }
    }
}
