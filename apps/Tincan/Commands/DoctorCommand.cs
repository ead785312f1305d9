using System.CommandLine;
using Libp2p;
using Tincan.Diagnosis;

namespace Tincan.Commands;

/// <summary><c>tincan doctor</c>: what a node can and cannot do here, and why.</summary>
internal static class DoctorCommand
{
    private const string DefaultName = "bootstrap.libp2p.io";

    /// <summary>Builds it.</summary>
    public static Command Create()
    {
        var data = CommonOptions.Data();
        var listen = new ListenOptions();
        var legacy = new Option<bool>("--legacy") { Description = "Judge a chat that is started with --legacy" };
        var name = new Option<string>("--name") { Description = $"The name to look up. Default: {DefaultName}", HelpName = "name", DefaultValueFactory = _ => DefaultName };
        var json = CommonOptions.Json();
        var verbose = CommonOptions.Verbose();
        var command = new Command("doctor", "Show what works on this machine and what does not, and what to do about it");
        foreach (var option in (ReadOnlySpan<Option>)[data, .. listen.All, legacy, name, json, verbose])
            command.Options.Add(option);
        command.SetAction(async (result, _) =>
        {
            var settings = new SelfCheckSettings(
                DataFolder.At(result.GetValue(data)),
                listen.Read(result),
                result.GetValue(legacy),
                result.GetRequiredValue(name));
            using var signals = new StopSignals();
            using var log = LogSetup.Open(result, verbose);
            await using var output = Output.Open();
            var findings = new Findings(output, result.GetValue(json));
            await new SelfCheck(findings, log).RunAsync(settings, signals.Token);
            await findings.EndAsync("all that a chat needs works here", "something is broken here: see ✗");
            return findings.AnyBroken ? ExitCodes.Failure : ExitCodes.Success;
        });
        return command;
    }
}
