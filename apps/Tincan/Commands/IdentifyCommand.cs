using System.CommandLine;
using Libp2p;
using Tincan.Chat;

namespace Tincan.Commands;

/// <summary><c>tincan identify</c>: what a peer says of itself.</summary>
internal static class IdentifyCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Builds it.</summary>
    public static Command Create()
    {
        var address = CommonOptions.Address();
        var swarmKey = CommonOptions.SwarmKey();
        var json = CommonOptions.Json();
        var verbose = CommonOptions.Verbose();
        var command = new Command("identify", "Show what a peer says of itself") { address, swarmKey, json, verbose };
        command.SetAction(async (result, _) =>
        {
            var target = NodeSetup.ParseAddress(result.GetRequiredValue(address));
            using var signals = new StopSignals();
            using var log = LogSetup.Open(result, verbose);
            var network = await NodeSetup.LoadSwarmKeyAsync(result.GetValue(swarmKey), signals.Token);
            await using var node = await ToolNode.StartAsync(b => b.AddIdentify(), log, network, signals.Token);
            await using var output = Output.Open();
            var answer = await RunAsync(node, target, signals.Token);
            foreach (var line in result.GetValue(json) ? [ChatJson.Write(answer)] : Lines(answer))
                await output.WriteLineAsync(line);
            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task<IdentifyEvent> RunAsync(Libp2pNode node, Multiaddress target, CancellationToken cancellationToken)
    {
        // Before the connection, whose first event may follow it at once.
        var events = node.WatchAsync(cancellationToken);
        var connection = await node.ConnectAsync(target, cancellationToken);
        using var patience = new CancellationTokenSource(Patience, node.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await foreach (var nodeEvent in events.WithCancellation(either.Token))
            {
                if (nodeEvent is PeerIdentified identified && identified.Peer == connection.RemotePeer)
                    return Describe(identified);
                if (nodeEvent is PeerDisconnected gone && gone.Peer == connection.RemotePeer)
                    throw new Libp2pException(Libp2pError.ConnectionClosed, $"{gone.Peer} ended the connection ({gone.Reason}) before it said what it is");
            }
            throw new OperationCanceledException(cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CommandException(
                $"{connection.RemotePeer} did not say what it is within {Patience.TotalSeconds:0} s", "it may not speak /ipfs/id/1.0.0; -vv shows more");
        }
    }

    private static IdentifyEvent Describe(PeerIdentified identified) => new(
        identified.Peer.ToString(),
        identified.Connection.RemoteAddress.ToString(),
        identified.Info.AgentVersion,
        identified.Info.ProtocolVersion,
        identified.Connection.RemoteKey.Type.ToString().ToLowerInvariant(),
        identified.ObservedAddress?.ToString(),
        [.. identified.Info.Addresses.Select(a => a.ToString())],
        [.. identified.Info.Protocols.Select(p => p.ToString())]);

    private static IEnumerable<string> Lines(IdentifyEvent answer)
    {
        yield return $"peer       {answer.Peer} ({answer.Key})";
        yield return $"connected  {answer.Addr}";
        yield return $"agent      {EventText.Escape(answer.Agent ?? "(not told)")}";
        yield return $"protocol   {EventText.Escape(answer.Protocol ?? "(not told)")}";
        yield return $"sees us at {answer.Observed ?? "(not told)"}";
        foreach (var address in answer.Addrs)
            yield return $"address    {EventText.Escape(address)}";
        foreach (var protocol in answer.Protocols)
            yield return $"speaks     {EventText.Escape(protocol)}";
    }
}
