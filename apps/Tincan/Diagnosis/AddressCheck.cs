using Libp2p;
using Libp2p.Protocols.Ping;
using Libp2p.Security.PrivateNetwork;
using Tincan.Commands;

namespace Tincan.Diagnosis;

/// <summary>Tries one address step by step: the name, then each candidate by itself, then what the peer says and how fast it answers.</summary>
internal sealed class AddressCheck(Findings findings, LineLog? log, PrivateNetworkKey? network)
{
    private static readonly TimeSpan IdentifyPatience = TimeSpan.FromSeconds(10);

    public async Task RunAsync(Multiaddress target, CancellationToken cancellationToken)
    {
        var reached = false;
        foreach (var candidate in await ResolveAsync(target, cancellationToken))
            reached |= await TryAsync(candidate, isFirst: !reached, cancellationToken);
    }

    /// <summary>The candidates: the address itself, or those that its name stands for.</summary>
    private async ValueTask<IReadOnlyList<Multiaddress>> ResolveAsync(Multiaddress target, CancellationToken cancellationToken)
    {
        if (!AddressResolver.NeedsResolving(target))
            return [target];
        await using var node = await ToolNode.StartAsync(_ => { }, log, network, cancellationToken);
        var began = node.TimeProvider.GetTimestamp();
        try
        {
            var found = (await node.Resolver.ResolveAsync(target, cancellationToken)).Select(r => r.Address).ToList();
            await findings.AddAsync(new Finding("name", Verdict.Works, $"{target.Parts[0]} leads to {string.Join(", ", found.Select(a => a.WithoutPeerId()))}") { Time = node.TimeProvider.GetElapsedTime(began) });
            return found;
        }
        catch (Libp2pException e)
        {
            await findings.AddAsync(new Finding("name", Verdict.Broken, e.Message)
            {
                Time = node.TimeProvider.GetElapsedTime(began),
                Next = "check how it is spelled, or give an IP address; `tincan doctor` shows whether names work here",
            });
            return [];
        }
    }

    /// <summary>Tries one candidate with a node of its own, so that none is spared by another's connection.</summary>
    private async Task<bool> TryAsync(Multiaddress candidate, bool isFirst, CancellationToken cancellationToken)
    {
        await using var node = await ToolNode.StartAsync(b => b.AddPing().AddIdentify(), log, network, cancellationToken);
        var stages = new StageTimes(node.TimeProvider);
        var events = node.WatchAsync(cancellationToken);
        try
        {
            var connection = await node.ConnectAsync(candidate, new ConnectOptions { Progress = stages }, cancellationToken);
            await TellConnectedAsync(candidate, connection, stages);
            if (isFirst)
            {
                await IdentifyAsync(node, connection, events, cancellationToken);
                await PingAsync(node, connection, cancellationToken);
            }
            return true;
        }
        catch (DialException e)
        {
            await TellFailedAsync(candidate, e, stages);
            return false;
        }
    }

    private async ValueTask TellConnectedAsync(Multiaddress candidate, ConnectionInfo connection, StageTimes stages)
    {
        stages.End();
        await findings.AddAsync(new Finding("connect", Verdict.Works, $"{candidate.WithoutPeerId()} takes connections") { Time = stages[DialStage.Connect] });
        await findings.AddAsync(new Finding("security", Verdict.Works, $"{connection.Security}, as {connection.RemoteKey.Type.ToString().ToLowerInvariant()}") { Time = stages[DialStage.Secure] });
        await findings.AddAsync(new Finding("peer", Verdict.Works, $"{connection.RemotePeer}{(candidate.PeerId is null ? ", whoever that is: no /p2p/… was asked for" : ", as asked for")}"));
        await findings.AddAsync(new Finding("muxer", Verdict.Works, $"{connection.Muxer}{(connection.EarlyMuxer ? ", agreed on within the handshake" : "")}") { Time = stages[DialStage.Multiplex] });
    }

    private async ValueTask TellFailedAsync(Multiaddress candidate, DialException failure, StageTimes stages)
    {
        stages.End();
        var attempt = failure.Attempts.Count > 0 ? failure.Attempts[0] : new DialAttempt(candidate, DialStage.NotTried, failure.Message, failure.Error, TimeSpan.Zero);
        if (attempt.Stage > DialStage.Connect)
            await findings.AddAsync(new Finding("connect", Verdict.Works, $"{candidate.WithoutPeerId()} takes connections") { Time = stages[DialStage.Connect] });
        if (attempt.Stage is DialStage.Authenticate or > DialStage.Secure)
            await findings.AddAsync(new Finding("security", Verdict.Works, "the peer proved who it is") { Time = stages[DialStage.Secure] });
        var (step, began) = attempt.Stage switch
        {
            DialStage.NotTried => ("address", (TimeSpan?)null),
            DialStage.Resolve => ("name", stages[DialStage.Resolve]),
            DialStage.Connect => ("connect", stages[DialStage.Connect]),
            DialStage.Secure => ("security", stages[DialStage.Secure]),
            DialStage.Authenticate => ("peer", null),
            DialStage.Multiplex => ("muxer", stages[DialStage.Multiplex]),
            _ => ("admission", null),
        };
        await findings.AddAsync(new Finding(step, Verdict.Broken, $"{attempt.Address}: {attempt.Cause}") { Time = began, Next = FailureLine.Advise(attempt.Error) });
    }

    private async ValueTask IdentifyAsync(Libp2pNode node, ConnectionInfo connection, IAsyncEnumerable<NodeEvent> events, CancellationToken cancellationToken)
    {
        var began = node.TimeProvider.GetTimestamp();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(IdentifyPatience);
        try
        {
            await foreach (var nodeEvent in events.WithCancellation(patience.Token))
            {
                if (nodeEvent is PeerIdentified identified && identified.Peer == connection.RemotePeer)
                {
                    await findings.AddAsync(new Finding(
                        "identify", Verdict.Works, $"{identified.Info.AgentVersion ?? "(no agent told)"}, {identified.Info.Protocols.Count} protocols, sees us at {identified.ObservedAddress?.ToString() ?? "(not told)"}")
                    {
                        Time = node.TimeProvider.GetElapsedTime(began),
                    });
                    return;
                }
                if (nodeEvent is PeerDisconnected gone)
                {
                    await findings.AddAsync(new Finding("identify", Verdict.Broken, $"the peer ended the connection: {gone.Reason}") { Next = "it may not let this node in: a gater or a limit of its own" });
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await findings.AddAsync(new Finding("identify", Verdict.Absent, $"the peer did not say what it is within {IdentifyPatience.TotalSeconds:0} s") { Next = "it may not speak /ipfs/id/1.0.0" });
        }
    }

    private async ValueTask PingAsync(Libp2pNode node, ConnectionInfo connection, CancellationToken cancellationToken)
    {
        try
        {
            var roundTrip = await node.Get<PingService>().PingAsync(connection.RemotePeer, cancellationToken);
            await findings.AddAsync(new Finding("ping", Verdict.Works, "answered") { Time = roundTrip });
        }
        catch (Libp2pException e)
        {
            var verdict = e.Error == Libp2pError.NegotiationFailed ? Verdict.Absent : Verdict.Broken;
            await findings.AddAsync(new Finding("ping", verdict, e.Message) { Next = FailureLine.Advise(e.Error) });
        }
    }

    /// <summary>How long each stage of a dial took. Only one address is dialled.</summary>
    private sealed class StageTimes(TimeProvider time) : IProgress<DialProgress>
    {
        private readonly Lock _gate = new();
        private readonly List<(DialStage Stage, long At)> _stages = [];
        private long? _end;

        public TimeSpan? this[DialStage stage]
        {
            get
            {
                lock (_gate)
                {
                    var index = _stages.FindIndex(s => s.Stage == stage);
                    if (index < 0)
                        return null;
                    var end = index + 1 < _stages.Count ? _stages[index + 1].At : _end ?? time.GetTimestamp();
                    return time.GetElapsedTime(_stages[index].At, end);
                }
            }
        }

        public void Report(DialProgress value)
        {
            lock (_gate)
            {
                if (_stages.Count == 0 || _stages[^1].Stage != value.Stage)
                    _stages.Add((value.Stage, time.GetTimestamp()));
            }
        }

        public void End()
        {
            lock (_gate)
                _end = time.GetTimestamp();
        }
    }
}
