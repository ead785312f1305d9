using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Libp2p.Protocols.Gossipsub;

/// <summary>The links to all connected peers that speak pubsub: opens the stream to each, and serves theirs.</summary>
internal sealed class PeerLinks(
    INode node, GossipsubOptions options, GossipsubRouter router, MessageIntake intake, GossipsubStatistics statistics, Func<PeerId, bool> isBlocked,
    TimeProvider time, ILogger logger) : IAsyncDisposable
{
    /// <summary>Streams of one peer and protocol: its stream, and one that takes its place.</summary>
    private const int MaxInboundStreams = 2;

    private const int MaxAttempts = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly ProtocolId Identify = "/ipfs/id/1.0.0";

    private static readonly (ProtocolId Protocol, GossipsubVersion Version)[] All =
    [
        ("/meshsub/1.2.0", GossipsubVersion.V12), ("/meshsub/1.1.0", GossipsubVersion.V11), ("/meshsub/1.0.0", GossipsubVersion.V10),
        ("/floodsub/1.0.0", GossipsubVersion.Floodsub),
    ];

    private readonly ConcurrentDictionary<PeerId, PeerLink> _links = new();
    private readonly ConcurrentDictionary<PeerLink, Task> _opening = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly ProtocolId[] _protocols = [.. All.Where(p => p.Version >= options.MinVersion && p.Version <= options.MaxVersion).Select(p => p.Protocol)];
    private IDisposable[] _registrations = [];

    /// <summary>Messages that were handed to the connections there are.</summary>
    public long Sent => _links.Values.Sum(l => l.Sent);

    /// <summary>Bytes of messages that wait to be sent.</summary>
    public long QueuedBytes => _links.Values.Sum(l => l.Queue.Length.Bytes);

    public PeerLink? Find(PeerId peer) => _links.GetValueOrDefault(peer);

    public void Start() => _registrations = [.. _protocols.Select(p => node.Handle(p, ServeAsync, MaxInboundStreams))];

    /// <summary>Follows who comes and goes, until the events end.</summary>
    public async Task WatchAsync(IAsyncEnumerable<NodeEvent> events)
    {
        await foreach (var nodeEvent in events.ConfigureAwait(false))
        {
            try
            {
                await ObserveAsync(nodeEvent).ConfigureAwait(false);
            }
            catch (Exception e) when (!_stopping.IsCancellationRequested)
            {
                GossipsubLog.Failed(logger, e);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        await _stopping.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_opening.Values).ConfigureAwait(false);
        foreach (var link in _links.Values)
            await link.CloseAsync().ConfigureAwait(false);
    }

    private async ValueTask ObserveAsync(NodeEvent nodeEvent)
    {
        switch (nodeEvent)
        {
            case PeerConnected connected:
                await ConnectedAsync(connected.Peer, connected.Connection).ConfigureAwait(false);
                break;
            case PeerIdentified identified:
                Identified(identified.Info, identified.Connection);
                break;
            case PeerDisconnected disconnected:
                await RemoveAsync(disconnected.Peer).ConfigureAwait(false);
                break;
            case EventsMissed:
                await CatchUpAsync().ConfigureAwait(false);
                break;
        }
    }

    private async ValueTask ConnectedAsync(PeerId peer, ConnectionInfo connection)
    {
        // Whoever tells what it speaks is asked for nothing that it does not; of others that is found out.
        var known = (await node.PeerStore.GetAsync(peer).ConfigureAwait(false))?.Protocols ?? [];
        if (known.Any(_protocols.Contains) || !node.Protocols.Contains(Identify))
            Open(GetOrAdd(peer), connection);
    }

    private void Identified(PeerInfo info, ConnectionInfo connection)
    {
        if (!info.Protocols.Any(_protocols.Contains) || !node.Peers.Contains(info.Peer))
            return;
        var link = GetOrAdd(info.Peer);
        link.Identity = (options.ClassifyPeer(info), info.SignedRecord ?? ReadOnlyMemory<byte>.Empty);
        router.Advance(new GossipsubInput.PeerIdentified(info.Peer, link.Identity.Kind, link.Identity.Record));
        Open(link, connection);
    }

    private async ValueTask RemoveAsync(PeerId peer)
    {
        // The peer may be back already: then this is told of an earlier connection.
        if (node.Peers.Contains(peer) || !_links.TryRemove(peer, out var link))
            return;
        router.Advance(new GossipsubInput.PeerRemoved(peer, link));
        statistics.PeerGone(link.Sent);
        await link.CloseAsync().ConfigureAwait(false);
    }

    private async ValueTask CatchUpAsync()
    {
        foreach (var peer in _links.Keys)
            await RemoveAsync(peer).ConfigureAwait(false);
        foreach (var connection in node.Connections.DistinctBy(c => c.RemotePeer))
        {
            await ConnectedAsync(connection.RemotePeer, connection).ConfigureAwait(false);
            if (await node.PeerStore.GetAsync(connection.RemotePeer).ConfigureAwait(false) is { } info)
                Identified(info, connection);
        }
    }

    private PeerLink GetOrAdd(PeerId peer) => _links.GetOrAdd(peer, p => new PeerLink(p, options, intake.Checked));

    private void Open(PeerLink link, ConnectionInfo connection)
    {
        lock (link)
        {
            if (link.IsOpening || _stopping.IsCancellationRequested)
                return;
            link.IsOpening = true;
        }
        var task = KeepOpenAsync(link, connection);
        _opening[link] = task;
        _ = task.ContinueWith(_ => _opening.TryRemove(link, out var _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Opens the stream to a peer, and another when it ends while the peer is connected; a few times.</summary>
    private async Task KeepOpenAsync(PeerLink link, ConnectionInfo connection)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            for (var attempt = 1; attempt <= MaxAttempts && IsCurrent(link); attempt++)
            {
                if (await node.OpenStreamIfConnectedAsync(link.Peer, _protocols, _stopping.Token).ConfigureAwait(false) is not { } stream)
                    return;
                await SpeakAsync(link, stream, connection).ConfigureAwait(false);
                await Task.Delay(TimeSpan.FromSeconds(attempt), time, _stopping.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
        catch (Exception e)
        {
            GossipsubLog.NotOpened(logger, link.Peer, e.Message);
        }
        finally
        {
            lock (link)
                link.IsOpening = false;
        }
    }

    /// <summary>Writes to a stream until it ends. Nothing may come from there: what the peer has to say comes on a stream of its own.</summary>
    private async ValueTask SpeakAsync(PeerLink link, PeerStream stream, ConnectionInfo connection)
    {
        link.Attach(stream);
        var version = Array.Find(All, p => p.Protocol == stream.Protocol).Version;
        router.Advance(new GossipsubInput.PeerAdded(link.Peer, version, connection.Role == Role.Dialer, AddressKey.Of(connection.RemoteAddress), link));
        router.Advance(new GossipsubInput.PeerIdentified(link.Peer, link.Identity.Kind, link.Identity.Record));
        if (!IsCurrent(link))
            router.Advance(new GossipsubInput.PeerRemoved(link.Peer, link));
        GossipsubLog.PeerAdded(logger, link.Peer, stream.Protocol);
        link.Added.TrySetResult();
        link.Pump();
        try
        {
            var read = await stream.Input.ReadAsync(_stopping.Token).ConfigureAwait(false);
            stream.Input.AdvanceTo(read.Buffer.End);
        }
        catch (Libp2pException e)
        {
            GossipsubLog.NotOpened(logger, link.Peer, e.Message);
        }
        if (_stopping.IsCancellationRequested)
            return;
        link.Detach(stream);
        stream.Reset();
    }

    private bool IsCurrent(PeerLink link) => _links.GetValueOrDefault(link.Peer) == link && node.Peers.Contains(link.Peer);

    private async Task ServeAsync(PeerStream stream, CancellationToken cancellationToken)
    {
        var peer = stream.RemotePeer;
        if (isBlocked(peer))
            throw new Libp2pException(Libp2pError.Refused, "The peer is blocked.");
        var link = GetOrAdd(peer);
        if (!node.Peers.Contains(peer))
        {
            _links.TryRemove(KeyValuePair.Create(peer, link));
            return;
        }
        Open(link, stream.Connection);
        await WaitUntilAddedAsync(link, cancellationToken).ConfigureAwait(false);
        var input = link.BeginInput(cancellationToken);
        try
        {
            await ReadAsync(link, stream, input.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Another stream has taken its place, or the peer has gone.
            stream.Reset();
        }
        finally
        {
            if (link.EndInput(input))
                router.Advance(new GossipsubInput.PeerSilent(peer));
        }
    }

    private async ValueTask WaitUntilAddedAsync(PeerLink link, CancellationToken cancellationToken)
    {
        try
        {
            await link.Added.Task.WaitAsync(Patience, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            throw new Libp2pException(Libp2pError.Timeout, "The peer sends pubsub messages and takes none.", e);
        }
    }

    private async ValueTask ReadAsync(PeerLink link, PeerStream stream, CancellationToken cancellationToken)
    {
        using var reader = new RpcReader(stream.Input, GossipsubOptions.MaxRpcLength, time, cancellationToken);
        var lists = new IntakeLists();
        try
        {
            while (await reader.ReadAsync().ConfigureAwait(false))
            {
                if (isBlocked(link.Peer))
                    continue;
                intake.Take(link, reader.Current.Span, lists);
                await link.Checks.WaitForRoomAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Libp2pException e) when (e.Error == Libp2pError.ProtocolViolation)
        {
            router.Advance(new GossipsubInput.PeerMisbehaved(link.Peer));
            throw;
        }
    }
}
