using System.CommandLine;
using Tincan.Diagnosis;

namespace Tincan.Commands;

/// <summary><c>tincan check</c>: every step of a connection to one address.</summary>
internal static class CheckCommand
{
    /// <summary>Builds it.</summary>
    public static Command Create()
    {
        var address = CommonOptions.Address();
        var swarmKey = CommonOptions.SwarmKey();
        var json = CommonOptions.Json();
        var verbose = CommonOptions.Verbose();
        var command = new Command("check", "Try one address step by step, and show where it fails") { address, swarmKey, json, verbose };
        command.SetAction(async (result, _) =>
        {
            var target = NodeSetup.ParseAddress(result.GetRequiredValue(address));
            using var signals = new StopSignals();
            using var log = LogSetup.Open(result, verbose);
            await using var output = Output.Open();
            var network = await NodeSetup.LoadSwarmKeyAsync(result.GetValue(swarmKey), signals.Token);
            var findings = new Findings(output, result.GetValue(json));
            await new AddressCheck(findings, log, network).RunAsync(target, signals.Token);
            await findings.EndAsync("this address works", "this address does not work, or not all of it: see ✗");
            return findings.AnyBroken ? ExitCodes.Failure : ExitCodes.Success;
        });
        return command;
    }
}
