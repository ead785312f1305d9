using System.CommandLine;
using System.Globalization;
using Libp2p;
using Libp2p.Protocols.Perf;
using Libp2p.Security.PrivateNetwork;
using Tincan.Chat;

namespace Tincan.Commands;

/// <summary><c>tincan perf</c>: the throughput to a peer, and the other side of that.</summary>
internal static class PerfCommand
{
    /// <summary>Builds it.</summary>
    public static Command Create()
    {
        var address = CommonOptions.Address();
        address.Arity = ArgumentArity.ZeroOrOne;
        var upload = new Option<string>("--upload") { Description = "How much to send, such as 64MiB", HelpName = "size" };
        var download = new Option<string>("--download") { Description = "How much to ask for, such as 64MiB", HelpName = "size" };
        var serve = new Option<bool>("--serve") { Description = "Let others measure against this one, until Ctrl-C" };
        var listen = new ListenOptions();
        var json = CommonOptions.Json();
        var verbose = CommonOptions.Verbose();
        var command = new Command("perf", "Measure the throughput to a peer that serves it") { address };
        foreach (var option in (ReadOnlySpan<Option>)[upload, download, serve, .. listen.All, json, verbose])
            command.Options.Add(option);
        command.SetAction(async (result, _) =>
        {
            using var signals = new StopSignals();
            var peer = result.GetValue(address);
            var settings = listen.Read(result);
            if (result.GetValue(serve))
            {
                if (peer is not null)
                    throw new CommandException("perf --serve measures nobody", "leave the address out, or --serve", ExitCodes.Usage);
                settings.CheckCertificate(TimeProvider.System);
                using var serverLog = LogSetup.Open(result, verbose);
                return await ServeAsync(settings, result.GetValue(json), serverLog, await NodeSetup.LoadSwarmKeyAsync(settings.SwarmKey, signals.Token), signals.Token);
            }
            if (peer is null)
                throw new CommandException("perf needs the address of a peer", "give one, or --serve to be measured", ExitCodes.Usage);
            var target = NodeSetup.ParseAddress(peer);
            var (up, down) = (Size("--upload", result.GetValue(upload)), Size("--download", result.GetValue(download)));
            if (up == 0 && down == 0)
                throw new CommandException("perf needs something to measure", "give --upload or --download, such as --download 64MiB", ExitCodes.Usage);
            using var log = LogSetup.Open(result, verbose);
            return await MeasureAsync(target, up, down, result.GetValue(json), log, await NodeSetup.LoadSwarmKeyAsync(settings.SwarmKey, signals.Token), signals.Token);
        });
        return command;
    }

    private static long Size(string option, string? text) => text is null ? 0
        : ByteSize.TryParse(text, out var bytes) ? bytes
        : throw new CommandException($"{option} {PrintableText.Escape(text)} is not a size", "write it like 64MiB, 1.5GB or 1000000", ExitCodes.Usage);

    private static async Task<int> MeasureAsync(Multiaddress target, long upload, long download, bool json, LineLog? log, PrivateNetworkKey? network, CancellationToken cancellationToken)
    {
        await using var node = await ToolNode.StartAsync(b => b.AddPerf(), log, network, cancellationToken);
        var connection = await node.ConnectAsync(target, cancellationToken);
        var result = await node.Get<PerfService>().MeasureAsync(connection.RemotePeer, upload, download, cancellationToken);
        var seconds = (result.UploadDuration + result.DownloadDuration).TotalSeconds;
        await using var output = Output.Open();
        if (json)
        {
            await output.WriteLineAsync(ChatJson.Write(new PerfEvent(upload, download, seconds, Mbit((upload + download) / seconds))
            {
                UpMbit = Mbit(result.UploadRate),
                DownMbit = Mbit(result.DownloadRate),
            }));
            return ExitCodes.Success;
        }
        if (upload > 0)
            await output.WriteLineAsync(Line("up", upload, result.UploadDuration, result.UploadRate));
        if (download > 0)
            await output.WriteLineAsync(Line("down", download, result.DownloadDuration, result.DownloadRate));
        return ExitCodes.Success;
    }

    private static double Mbit(double bytesPerSecond) => double.IsFinite(bytesPerSecond) ? bytesPerSecond * 8 / 1e6 : 0;

    private static string Line(string direction, long bytes, TimeSpan duration, double rate) => string.Create(
        CultureInfo.InvariantCulture, $"{direction,-4} {ByteSize.Format(bytes)} in {duration.TotalSeconds:0.###} s: {ByteSize.Format(rate)}/s ({Mbit(rate):0.#} Mbit/s)");

    private static async Task<int> ServeAsync(ListenSettings settings, bool json, LineLog? log, PrivateNetworkKey? network, CancellationToken cancellationToken)
    {
        await using var node = await NodeSetup.CreateListening(Identity.Generate(), log, network, settings).AddPing().AddIdentify().AddPerf(new PerfOptions { Serve = true })
            .StartAsync(cancellationToken);
        await using var output = Output.Open();
        var ready = ChatCommands.Ready(node);
        if (json)
            await output.WriteLineAsync(ChatJson.Write(ready));
        else
        {
            foreach (var address in ready.Addrs)
                await output.WriteLineAsync($"tincan perf {address} --upload 64MiB --download 64MiB");
        }
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, node.TimeProvider, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C is how serving ends.
        }
        return ExitCodes.Success;
    }
}
