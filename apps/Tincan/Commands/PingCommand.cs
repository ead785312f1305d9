using System.CommandLine;
using System.Globalization;
using Libp2p;
using Libp2p.Protocols.Ping;
using Tincan.Chat;

namespace Tincan.Commands;

/// <summary><c>tincan ping</c>: the round trip to a peer.</summary>
internal static class PingCommand
{
    private const int DefaultCount = 4;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Builds it.</summary>
    public static Command Create()
    {
        var address = CommonOptions.Address();
        var count = new Option<string>("--count", "-c") { Description = $"How many pings. Default: {DefaultCount}", HelpName = "number" };
        var swarmKey = CommonOptions.SwarmKey();
        var json = CommonOptions.Json();
        var verbose = CommonOptions.Verbose();
        var command = new Command("ping", "Measure the round trip to a peer") { address, count, swarmKey, json, verbose };
        command.SetAction(async (result, _) =>
        {
            var target = NodeSetup.ParseAddress(result.GetRequiredValue(address));
            var pings = ParseCount(result.GetValue(count));
            using var signals = new StopSignals();
            using var log = LogSetup.Open(result, verbose);
            var network = await NodeSetup.LoadSwarmKeyAsync(result.GetValue(swarmKey), signals.Token);
            await using var node = await ToolNode.StartAsync(b => b.AddPing(), log, network, signals.Token);
            await using var output = Output.Open();
            await RunAsync(node, target, pings, result.GetValue(json), output, signals.Token);
            return ExitCodes.Success;
        });
        return command;
    }

    private static int ParseCount(string? text) => text is null ? DefaultCount
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 ? count
        : throw new CommandException($"--count {PrintableText.Escape(text)} is not a number of pings", "give 1 or more", ExitCodes.Usage);

    private static async Task RunAsync(Libp2pNode node, Multiaddress target, int count, bool json, TextWriter output, CancellationToken cancellationToken)
    {
        var connection = await node.ConnectAsync(target, cancellationToken);
        List<double> times = [];
        await foreach (var ping in node.Get<PingService>().PingsAsync(connection.RemotePeer, Interval, cancellationToken))
        {
            times.Add(ping.RoundTripTime.TotalMilliseconds);
            await output.WriteLineAsync(json
                ? ChatJson.Write(new PingEvent(connection.RemotePeer.ToString(), times[^1]))
                : string.Create(CultureInfo.InvariantCulture, $"{ping.Number}: {times[^1]:0.###} ms from {connection.RemotePeer}"));
            if (times.Count == count)
                break;
        }
        if (!json)
        {
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"{times.Count} answered; least {times.Min():0.###}, mean {times.Average():0.###}, most {times.Max():0.###} ms"));
        }
    }
}
