using System.Net;
using System.Net.NetworkInformation;
using Libp2p.Negotiation;
using Microsoft.Extensions.Logging;

namespace Libp2p.Swarm;

/// <summary>
/// Notices that the machine's addresses have changed or that it has slept, tells the node, and tests the connections that this
/// may have cut: one that does not answer at once is ended, instead of being believed in until its keepalive gives up.
/// </summary>
internal sealed class NetworkRecovery : IDisposable
{
    // Any answer shows that the peer lives, a refusal too: every peer answers a negotiation.
    private static readonly ProtocolId[] Question = ["/ipfs/ping/1.0.0"];

    private readonly RecoveryOptions _options;
    private readonly HostNetwork _network;
    private readonly TimeProvider _time;
    private readonly Func<IReadOnlyList<PeerConnection>> _connections;
    private readonly Action<NetworkChanged> _changed;
    private readonly ILogger _logger;
    private readonly long _epoch;
    private readonly Lock _gate = new();
    private readonly RecoveryMachine _machine;
    private readonly IDisposable _watch;
    private readonly ITimer _timer;
    private bool _disposed;

    /// <summary>Begins to watch.</summary>
    /// <param name="options">Its times, validated.</param>
    /// <param name="network">The machine's interfaces.</param>
    /// <param name="time">The node's clock.</param>
    /// <param name="connections">The open connections.</param>
    /// <param name="changed">Told of each change, before connections are tested.</param>
    /// <param name="logger">Where it logs.</param>
    public NetworkRecovery(
        RecoveryOptions options, HostNetwork network, TimeProvider time, Func<IReadOnlyList<PeerConnection>> connections, Action<NetworkChanged> changed, ILogger logger)
    {
        _options = options;
        _network = network;
        _time = time;
        _connections = connections;
        _changed = changed;
        _logger = logger;
        _epoch = time.GetTimestamp();
        _machine = new(options, network.Addresses, Wall, Now);
        _timer = time.CreateTimer(static self => ((NetworkRecovery)self!).Drive(null), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _watch = network.Watch(() => Drive(new RecoveryInput.Signalled()));
        Drive(null);
    }

    private TimeSpan Now => _time.GetElapsedTime(_epoch);

    private TimeSpan Wall => TimeSpan.FromTicks(_time.GetUtcNow().UtcTicks);

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
            _disposed = true;
        _watch.Dispose();
        _timer.Dispose();
    }

    private void Drive(RecoveryInput? input)
    {
        List<NetworkChanged> changes = [];
        lock (_gate)
        {
            if (_disposed)
                return;
            if (input is not null)
                _machine.Advance(input, Now);
            _machine.Elapse(Now);
            while (_machine.TryTake(out var effect))
            {
                if (effect is RecoveryEffect.ReadClock)
                    _machine.Advance(new RecoveryInput.ClockRead(Wall), Now);
                else if (effect is RecoveryEffect.ReadAddresses && ReadAddresses() is { } addresses)
                    _machine.Advance(new RecoveryInput.AddressesRead(addresses), Now);
                else if (effect is RecoveryEffect.Recover recover)
                    changes.Add(recover.Change);
            }
            // Timers count milliseconds; rounded up, none comes too early.
            var wait = Math.Ceiling(Math.Max(0, (_machine.Deadline!.Value - Now).TotalMilliseconds));
            _timer.Change(TimeSpan.FromMilliseconds(wait), Timeout.InfiniteTimeSpan);
        }
        foreach (var change in changes)
            Recover(change);
    }

    private IReadOnlyList<IPAddress>? ReadAddresses()
    {
        try
        {
            return _network.Addresses;
        }
        catch (NetworkInformationException e)
        {
            SwarmLog.InterfacesUnreadable(_logger, e);
            return null;
        }
    }

    private void Recover(NetworkChanged change)
    {
        var list = string.Join(", ", change.Lost.Select(a => $"-{a}").Concat(change.Gained.Select(a => $"+{a}")));
        SwarmLog.NetworkChanged(_logger, change.HasWoken ? "woken" : "changed", list);
        _changed(change);
        foreach (var connection in _connections().Where(c => change.HasWoken || IsCut(c.Info, change)))
            _ = ProbeAsync(connection, change.HasWoken ? "this machine was asleep" : "its address on this machine was gone");
    }

    private static bool IsCut(ConnectionInfo connection, NetworkChanged change) =>
        connection.LocalAddress.TryGetIPAddress(out var local) && change.Lost.Any(a => a.Equals(local.IsIPv4MappedToIPv6 ? local.MapToIPv4() : local));

    /// <summary>Asks something that every peer answers, and ends the connection where no answer comes.</summary>
    private async Task ProbeAsync(PeerConnection connection, string why)
    {
        MuxedStream? stream = null;
        try
        {
            using var deadline = new CancellationTokenSource(_options.ProbeTimeout, _time);
            stream = await connection.OpenAsync(deadline.Token).ConfigureAwait(false);
            await MultistreamSelect.SelectAsync(stream, Question, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            var reason = new CloseReason(CloseCode.Timeout, FormattableString.Invariant($"{why}, and the peer did not answer within {_options.ProbeTimeout.TotalSeconds:0.###} s"));
            connection.Abort(reason);
        }
        catch (Libp2pException)
        {
            // A refusal is an answer; a connection that has ended needs no more ending.
        }
        catch (Exception e)
        {
            // Not what a transport is meant to throw; nobody waits for this.
            SwarmLog.ProbeFailed(_logger, connection.Info, e);
        }
        finally
        {
            if (stream is not null)
            {
                stream.Reset();
                await stream.Input.CompleteAsync().ConfigureAwait(false);
            }
        }
    }
}
