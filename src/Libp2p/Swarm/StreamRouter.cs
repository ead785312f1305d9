using Libp2p.Negotiation;
using Microsoft.Extensions.Logging;

namespace Libp2p.Swarm;

/// <summary>
/// Takes the streams that peers open: negotiates each within its deadline, asks the limits, runs the handler in a tracked
/// scope. A handler that returns closes its stream; one that throws resets it.
/// </summary>
internal sealed class StreamRouter : IDisposable
{
    private readonly ProtocolTable _table;
    private readonly ResourceLimiter _limiter;
    private readonly SwarmLimits _limits;
    private readonly UpgradeOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationToken _stopped;
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running = 1;

    /// <summary>Told of each stream that is admitted, before its handler runs.</summary>
    public event Action<ProtocolId>? StreamAdmitted;

    /// <summary>Told of each stream that a limit refuses.</summary>
    public event Action? StreamRefused;

    public StreamRouter(ProtocolTable table, ResourceLimiter limiter, SwarmLimits limits, UpgradeOptions options, TimeProvider time, ILogger logger)
    {
        _table = table;
        _limiter = limiter;
        _limits = limits;
        _options = options;
        _time = time;
        _logger = logger;
        _stopped = _stopping.Token;
    }

    /// <summary>
    /// Serves a connection's inbound streams until it ends. While as many as may be are negotiating, the next ones wait in the
    /// muxer, which has a bound of its own: who opens many at once is served, and who stays silent holds up itself alone.
    /// </summary>
    public async Task ServeAsync(PeerConnection connection)
    {
        var negotiating = new SemaphoreSlim(_limits.MaxNegotiating);
        while (true)
        {
            await negotiating.WaitAsync().ConfigureAwait(false);
            if (await connection.AcceptAsync(CancellationToken.None).ConfigureAwait(false) is not { } stream)
                return;
            Interlocked.Increment(ref _running);
            connection.CountStream();
            _ = RouteAsync(stream, connection.Info, negotiating);
        }
    }

    /// <summary>Asks handlers to end, and waits for those that do within the time.</summary>
    public async ValueTask StopAsync(TimeSpan patience)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        End();
        try
        {
            await _drained.Task.WaitAsync(patience, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            SwarmLog.HandlersLeft(_logger, Volatile.Read(ref _running));
        }
    }

    public void Dispose() => _stopping.Dispose();

    private async Task RouteAsync(MuxedStream stream, ConnectionInfo connection, SemaphoreSlim negotiating)
    {
        var isHandedOver = false;
        try
        {
            var (protocol, isUnflushed) = await NegotiateAsync(stream, connection, negotiating).ConfigureAwait(false);
            if (protocol.IsEmpty || !_table.TryGet(protocol, out var entry))
            {
                Drop(stream);
                return;
            }
            var refusal = _limiter.TryAddStream(connection.RemotePeer, protocol, entry!.MaxInboundStreamsPerPeer, out var reservation);
            if (refusal is not null)
            {
                SwarmLog.StreamRefused(_logger, connection.RemotePeer, refusal);
                StreamRefused?.Invoke();
                Drop(stream);
                return;
            }
            StreamAdmitted?.Invoke(protocol);
            var negotiated = isUnflushed ? NegotiatedStream.Answered(stream, _time, _options.StreamTimeout) : stream;
            // Not awaited: for as long as the stream lives it keeps its handler's state alone, not that of its negotiation.
            _ = HandleAsync(entry, stream, new PeerStream(negotiated, protocol, connection), reservation!);
            isHandedOver = true;
        }
        finally
        {
            if (!isHandedOver)
                End();
        }
    }

    private async ValueTask<(ProtocolId Protocol, bool IsUnflushed)> NegotiateAsync(MuxedStream stream, ConnectionInfo connection, SemaphoreSlim negotiating)
    {
        using var deadline = new CancellationTokenSource(_options.StreamTimeout, _time);
        try
        {
            return await MultistreamSelect.AnswerAsync(stream, _table.Serves, () => _table.Protocols, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            SwarmLog.StreamRefused(_logger, connection.RemotePeer, "its negotiation took too long");
        }
        catch (Libp2pException e)
        {
            SwarmLog.StreamRefused(_logger, connection.RemotePeer, e.Message);
        }
        finally
        {
            negotiating.Release();
        }
        return default;
    }

    /// <summary>Runs the handler: when it returns, the stream is closed; when it throws, reset.</summary>
    private async Task HandleAsync(ProtocolTable.Entry entry, MuxedStream muxed, PeerStream stream, IDisposable reservation)
    {
        // The application's code must not hold up the loop that accepts the connection's other streams.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await entry.Handler(stream, _stopped).ConfigureAwait(false);
            await stream.DisposeAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            Drop(muxed);
        }
        catch (Libp2pException e)
        {
            // The peer's doing, not the handler's: it left, or broke the protocol.
            SwarmLog.StreamEndedEarly(_logger, stream.Protocol, stream.RemotePeer, e.Message);
            Drop(muxed);
        }
        catch (Exception e)
        {
            SwarmLog.HandlerFailed(_logger, stream.Protocol, stream.RemotePeer, e);
            Drop(muxed);
        }
        finally
        {
            reservation.Dispose();
            End();
        }
    }

    /// <summary>Resets a stream that nobody holds any more; what was read of it and not given back goes to the pool.</summary>
    private static void Drop(MuxedStream stream)
    {
        stream.Reset();
        stream.Input.Complete();
    }

    private void End()
    {
        if (Interlocked.Decrement(ref _running) == 0)
            _drained.TrySetResult();
    }
}
