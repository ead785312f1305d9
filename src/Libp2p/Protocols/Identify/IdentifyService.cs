using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Libp2p.Protocols.Identify;

/// <summary>
/// Tells peers what this node is, and learns what they are: <c>/ipfs/id/1.0.0</c> and <c>/ipfs/id/push/1.0.0</c> (identify
/// specification). Every new connection is asked once; what is learned is in the peer store, and <see cref="PeerIdentified"/> tells of it.
/// </summary>
public sealed class IdentifyService : INodeService
{
    private const int MaxQuestionsPerPeer = 8;
    private const int MaxPushesPerPeer = 2;

    private static readonly TimeSpan ExpiryInterval = TimeSpan.FromMinutes(1);

    private readonly IdentifyOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly long _start;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<long, Task> _asking = new();
    private readonly PushLimiter _limiter;
    private readonly ObservedAddresses _observed;
    private INode? _node;
    private SelfDescription? _self;
    private PushSender? _pushes;
    private IdentifyIntake? _intake;
    private IDisposable[] _registrations = [];
    private Task _running = Task.CompletedTask;

    /// <summary>Creates it.</summary>
    /// <param name="options">What it tells, and its bounds.</param>
    /// <param name="timeProvider">The clock of deadlines, rates, and the numbers of peer records.</param>
    /// <param name="logger">Where it logs.</param>
    /// <exception cref="ArgumentException">An option makes no sense.</exception>
    public IdentifyService(IdentifyOptions? options = null, TimeProvider? timeProvider = null, ILogger<IdentifyService>? logger = null)
    {
        _options = options ?? new IdentifyOptions();
        _options.Validate();
        _time = timeProvider ?? TimeProvider.System;
        _logger = logger ?? NullLogger<IdentifyService>.Instance;
        _start = _time.GetTimestamp();
        _limiter = new PushLimiter(_options.PushesPerSecond, _options.PushBurst);
        _observed = new ObservedAddresses(_options);
    }

    /// <summary><c>/ipfs/id/1.0.0</c>.</summary>
    public static ProtocolId Protocol { get; } = "/ipfs/id/1.0.0";

    /// <summary><c>/ipfs/id/push/1.0.0</c>.</summary>
    public static ProtocolId PushProtocol { get; } = "/ipfs/id/push/1.0.0";

    /// <inheritdoc/>
    public ValueTask StartAsync(INode node, CancellationToken cancellationToken)
    {
        _node = node;
        _self = new SelfDescription(node.Identity, _options, _time, _logger);
        _intake = new IdentifyIntake(node.PeerStore, _logger);
        _pushes = new PushSender(node, _self, _options, _time, _logger);
        _registrations = [node.Handle(Protocol, AnswerAsync, MaxQuestionsPerPeer), node.Handle(PushProtocol, TakePushAsync, MaxPushesPerPeer)];
        _running = Task.WhenAll(WatchAsync(node.WatchAsync(_stopping.Token)), _pushes.RunAsync(_stopping.Token), ExpireAsync());
        return ValueTask.CompletedTask;
    }

    /// <summary>Asks a peer what it is, connecting first where needed.</summary>
    /// <param name="peer">Whom.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="Libp2pException">What <see cref="IdentifyAsync(ConnectionInfo, CancellationToken)"/> and <see cref="INode.ConnectAsync(PeerId, CancellationToken)"/> throw.</exception>
    public async ValueTask<IdentifyResult> IdentifyAsync(PeerId peer, CancellationToken cancellationToken = default) =>
        await IdentifyAsync(await Node.ConnectAsync(peer, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    /// <summary>Asks the peer at the other end of a connection what it is. What it says goes into the peer store, and is told as <see cref="PeerIdentified"/>.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="Libp2pException"><see cref="Libp2pError.NegotiationFailed"/> where it does not say; <see cref="Libp2pError.Timeout"/>; <see cref="Libp2pError.ProtocolViolation"/>; <see cref="Libp2pError.ConnectionClosed"/>.</exception>
    public async ValueTask<IdentifyResult> IdentifyAsync(ConnectionInfo connection, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var node = Node;
        await using var stream = await node.OpenStreamAsync(connection, Protocol, cancellationToken).ConfigureAwait(false);
        IdentifyClaims claims;
        try
        {
            claims = await IdentifyReader.ReadAsync(stream, _options, _time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception)
        {
            stream.Reset();
            cancellationToken.ThrowIfCancellationRequested();
            throw;
        }
        var info = await _intake!.TakeAsync(connection, claims, isPush: false, cancellationToken).ConfigureAwait(false);
        if (claims.ObservedAddress is { } observed)
            Observe(node, connection, observed);
        node.Publish(new PeerIdentified(connection.RemotePeer, info, claims.ObservedAddress, connection));
        _pushes!.Identified(connection.RemotePeer);
        return new IdentifyResult(info, claims.ListenAddresses ?? [], claims.ObservedAddress, connection);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        await Task.WhenAll(_asking.Values).ConfigureAwait(false);
        _pushes?.Dispose();
    }

    private INode Node => _node ?? throw new InvalidOperationException("Identify is not attached to a node: start the node first.");

    private TimeSpan Now => _time.GetElapsedTime(_start);

    private async Task WatchAsync(IAsyncEnumerable<NodeEvent> events)
    {
        await foreach (var nodeEvent in events.ConfigureAwait(false))
        {
            switch (nodeEvent)
            {
                case ConnectionOpened opened:
                    Ask(opened.Connection);
                    break;
                case ConnectionEnded ended:
                    ChangeObserved(observed => observed.End(ended.Connection.Id, Now));
                    break;
                case PeerDisconnected gone:
                    _pushes!.Forget(gone.Peer);
                    break;
                case AddressesChanged or ProtocolsChanged:
                    _pushes!.Signal();
                    break;
                case EventsMissed:
                    await CatchUpAsync().ConfigureAwait(false);
                    break;
            }
        }
    }

    /// <summary>Finds by looking what was missed by listening.</summary>
    private async ValueTask CatchUpAsync()
    {
        var connections = Node.Connections;
        ChangeObserved(observed => observed.EndAllBut(connections, Now));
        foreach (var connection in connections)
        {
            if (await Node.PeerStore.GetAsync(connection.RemotePeer, _stopping.Token).ConfigureAwait(false) is not { Protocols.Count: > 0 })
                Ask(connection);
        }
        _pushes!.Signal();
    }

    private void Ask(ConnectionInfo connection)
    {
        if (!Node.IsOpen(connection))
            return; // Some only knock.
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (_asking.TryAdd(connection.Id, asked.Task))
            _ = AskAsync(connection, asked);
    }

    private async Task AskAsync(ConnectionInfo connection, TaskCompletionSource asked)
    {
        try
        {
            await IdentifyAsync(connection, _stopping.Token).ConfigureAwait(false);
        }
        catch (Libp2pException e)
        {
            IdentifyLog.NotIdentified(_logger, connection.RemotePeer, e.Message);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The node stops.
        }
        catch (Exception e)
        {
            IdentifyLog.Failed(_logger, connection.RemotePeer, e);
        }
        finally
        {
            _asking.TryRemove(connection.Id, out _);
            asked.SetResult();
        }
    }

    private async Task AnswerAsync(PeerStream stream, CancellationToken cancellationToken)
    {
        var told = _self!.Get(Node.Addresses, Node.Protocols);
        var observed = IdentifyCodec.EncodeObserved(stream.Connection.RemoteAddress);
        var message = told.For(stream.Connection);
        if (message.Length + observed.Length > _options.MaxSentLength)
            observed = [];
        Varint.Write(stream.Output, (ulong)(message.Length + observed.Length));
        stream.Output.Write(message);
        stream.Output.Write(observed);
        using var deadline = new Deadline(_time, cancellationToken);
        deadline.Set(_options.ReadTimeout);
        try
        {
            await stream.Output.FlushAsync(deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (deadline.HasPassed)
        {
            throw new Libp2pException(Libp2pError.Timeout, "The peer asked what this node is and did not read the answer.");
        }
        _pushes!.Told(stream.RemotePeer, told.Version);
        Node.Publish(new IdentifySent(stream.RemotePeer, stream.Connection));
    }

    private async Task TakePushAsync(PeerStream stream, CancellationToken cancellationToken)
    {
        if (!_limiter.TryTake(stream.RemotePeer, Now))
            throw new Libp2pException(Libp2pError.LimitReached, "The peer pushes its changes too often.");
        var claims = await IdentifyReader.ReadAsync(stream, _options, _time, cancellationToken).ConfigureAwait(false);
        var info = await _intake!.TakeAsync(stream.Connection, claims, isPush: true, cancellationToken).ConfigureAwait(false);
        Node.Publish(new PeerIdentified(stream.RemotePeer, info, claims.ObservedAddress, stream.Connection) { IsPush = true });
    }

    private void Observe(INode node, ConnectionInfo connection, Multiaddress observedAddress)
    {
        ChangeObserved(observed => observed.Observe(connection, observedAddress, node.ListenAddresses, Now));
        // It may have ended while it was being asked, and the event of that be over.
        if (!node.IsOpen(connection))
            ChangeObserved(observed => observed.End(connection.Id, Now));
    }

    private void ChangeObserved(Action<ObservedAddresses> change)
    {
        lock (_observed)
        {
            change(_observed);
            while (_observed.TryTake(out var changed))
            {
                if (changed.IsConfirmed)
                {
                    IdentifyLog.AddressConfirmed(_logger, changed.Address);
                    Node.ConfirmAddress(changed.Address);
                }
                else
                {
                    IdentifyLog.AddressRetracted(_logger, changed.Address);
                    Node.RetractAddress(changed.Address);
                }
            }
        }
    }

    private async Task ExpireAsync()
    {
        using var timer = new PeriodicTimer(ExpiryInterval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false))
                ChangeObserved(observed => observed.Expire(Now));
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The node stops.
        }
    }
}
