using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Libp2p.Reconnection;

/// <summary>
/// Keeps chosen peers connected: protects them from the pruner, and dials them again when their last connection has ended, with
/// growing pauses; at once when this machine's network has changed.
/// </summary>
public sealed class KeepAliveService : INodeService
{
    private const string Tag = "keep-alive";

    private readonly KeepAliveOptions _options;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger _logger;
    private readonly long _epoch;
    private readonly Lock _gate = new();
    private readonly KeepAliveMachine _machine;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationToken _stopped;
    private readonly ITimer _timer;
    private readonly HashSet<Task> _dials = [];
    private INode? _node;
    private Task _watching = Task.CompletedTask;
    private bool _disposed;

    /// <summary>Creates it.</summary>
    /// <param name="options">Its pauses and bounds.</param>
    /// <param name="timeProvider">The clock of its pauses.</param>
    /// <param name="logger">Where it logs.</param>
    /// <param name="random">Shakes the pauses; used by one at a time.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option makes no sense.</exception>
    public KeepAliveService(KeepAliveOptions? options = null, TimeProvider? timeProvider = null, ILogger<KeepAliveService>? logger = null, Random? random = null)
    {
        _options = options ?? new KeepAliveOptions();
        _options.Validate();
        _time = timeProvider ?? TimeProvider.System;
        _logger = logger ?? NullLogger<KeepAliveService>.Instance;
        _random = random ?? new Random();
        _epoch = _time.GetTimestamp();
        _machine = new(_options);
        _stopped = _stop.Token;
        _timer = _time.CreateTimer(static self => ((KeepAliveService)self!).Drive(null), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Who is kept. A snapshot.</summary>
    public IReadOnlyList<PeerId> Peers
    {
        get
        {
            lock (_gate)
                return [.. _machine.Peers];
        }
    }

    /// <inheritdoc/>
    public ValueTask StartAsync(INode node, CancellationToken cancellationToken)
    {
        _node = node;
        var events = node.WatchAsync(_stopped);
        _watching = Task.Run(() => WatchAsync(events), CancellationToken.None);
        return ValueTask.CompletedTask;
    }

    /// <summary>Keeps a peer from now on; dials it where it is not connected. Returns at once.</summary>
    /// <param name="peer">Whom.</param>
    /// <param name="addresses">Where it is; kept in the peer store for good. None where the node knows, or finds, its addresses.</param>
    /// <param name="cancellationToken">Ends the wait for the peer store.</param>
    /// <exception cref="Libp2pException"><see cref="Libp2pError.LimitReached"/>: there are <see cref="KeepAliveOptions.MaxPeers"/> already.</exception>
    public async ValueTask AddAsync(PeerId peer, IReadOnlyList<Multiaddress>? addresses = null, CancellationToken cancellationToken = default)
    {
        if (addresses is { Count: > 0 })
            await Node.PeerStore.AddAddressesAsync(peer, addresses, AddressTrust.Permanent, cancellationToken).ConfigureAwait(false);
        lock (_gate)
        {
            if (_machine.Peers.Count >= _options.MaxPeers && !_machine.Peers.Contains(peer))
                throw new Libp2pException(Libp2pError.LimitReached, $"{_options.MaxPeers} peers are kept connected already, the most that this node keeps.");
            Node.ConnectionTags.Protect(peer, Tag);
            _machine.Advance(new KeepAliveInput.Added(peer, Node.Peers.Contains(peer)), Now);
        }
        Drive(null);
    }

    /// <summary>Keeps a peer no more. A connection that is open stays.</summary>
    public void Remove(PeerId peer)
    {
        Drive(new KeepAliveInput.Removed(peer));
        Node.ConnectionTags.Unprotect(peer, Tag);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Task[] dials;
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
            dials = [.. _dials];
        }
        await _stop.CancelAsync().ConfigureAwait(false);
        await _timer.DisposeAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(false);
        await Task.WhenAll(dials).ConfigureAwait(false);
        _stop.Dispose();
    }

    private INode Node => _node ?? throw new InvalidOperationException("Keep-alive is not attached to a node: start the node first.");

    private TimeSpan Now => _time.GetElapsedTime(_epoch);

    private void Drive(KeepAliveInput? input)
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            if (input is not null)
                _machine.Advance(input, Now);
            _machine.Elapse(Now);
            while (_machine.TryTake(out var peer))
            {
                var dial = Task.Run(() => DialAsync(peer), CancellationToken.None);
                _dials.Add(dial);
                _ = dial.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
            // Timers count milliseconds; rounded up, none comes too early.
            var wait = _machine.Deadline is { } due ? TimeSpan.FromMilliseconds(Math.Ceiling(Math.Max(0, (due - Now).TotalMilliseconds))) : Timeout.InfiniteTimeSpan;
            _timer.Change(wait, Timeout.InfiniteTimeSpan);
        }
    }

    private void Forget(Task dial)
    {
        lock (_gate)
            _dials.Remove(dial);
    }

    private async Task DialAsync(PeerId peer)
    {
        KeepAliveLog.Dialling(_logger, peer);
        try
        {
            await Node.ConnectAsync(peer, ConnectOptions.InBackground, _stopped).ConfigureAwait(false);
            KeepAliveLog.Reached(_logger, peer);
        }
        catch (Libp2pException e)
        {
            KeepAliveLog.NotReached(_logger, peer, e.Message);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The node stops.
            return;
        }
        See(peer, dialEnded: true);
    }

    /// <summary>Tells the machine how things stand with a peer at this moment: whatever comes later comes as another event.</summary>
    private void See(PeerId peer, bool dialEnded)
    {
        var isConnected = Node.Peers.Contains(peer);
        double chance;
        lock (_gate)
            chance = _random.NextDouble();
        Drive(dialEnded ? new KeepAliveInput.DialEnded(peer, isConnected, chance) : new KeepAliveInput.Seen(peer, isConnected, chance));
    }

    private async Task WatchAsync(IAsyncEnumerable<NodeEvent> events)
    {
        await foreach (var nodeEvent in events.ConfigureAwait(false))
        {
            switch (nodeEvent)
            {
                case PeerConnected connected:
                    See(connected.Peer, dialEnded: false);
                    break;
                case PeerDisconnected disconnected:
                    See(disconnected.Peer, dialEnded: false);
                    break;
                case NetworkChanged:
                    Drive(new KeepAliveInput.NetworkChanged());
                    break;
                case EventsMissed:
                    foreach (var peer in Peers)
                        See(peer, dialEnded: false);
                    break;
            }
        }
    }
}
