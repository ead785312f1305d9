using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Libp2p.Protocols.Identify;

/// <summary>Pushes changes to the connected peers that take them and that were told something older. Changes are gathered, and rounds are rare.</summary>
internal sealed class PushSender(INode node, SelfDescription self, IdentifyOptions options, TimeProvider time, ILogger logger) : IDisposable
{
    /// <summary>Peers that are pushed to at the same time.</summary>
    private const int Parallelism = 16;

    private readonly SemaphoreSlim _changed = new(0, 1);
    private readonly ConcurrentDictionary<PeerId, long> _told = new();
    private TokenBucket _rate = new(options.PushesPerSecond, options.PushBurst);

    /// <summary>What this node tells may have changed.</summary>
    public void Signal()
    {
        lock (_changed)
        {
            if (_changed.CurrentCount == 0)
                _changed.Release();
        }
    }

    /// <summary>A peer was told this version in answer to its question.</summary>
    public void Told(PeerId peer, long version) => _told[peer] = version;

    /// <summary>A peer has said what it speaks: if it was told something older before, it can be told now.</summary>
    public void Identified(PeerId peer)
    {
        if (_told.TryGetValue(peer, out var version) && version != Current.Version)
            Signal();
    }

    /// <summary>A peer has gone.</summary>
    public void Forget(PeerId peer) => _told.TryRemove(peer, out _);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        try
        {
            while (true)
            {
                await _changed.WaitAsync(cancellationToken).ConfigureAwait(false);
                await Task.Delay(options.PushDelay, time, cancellationToken).ConfigureAwait(false);
                var peers = await FindOutdatedAsync(cancellationToken).ConfigureAwait(false);
                if (peers.Count == 0)
                    continue;
                while (!_rate.TryTake(time.GetElapsedTime(start)))
                    await Task.Delay(TimeSpan.FromSeconds(Math.Min(1, 1 / options.PushesPerSecond)), time, cancellationToken).ConfigureAwait(false);
                var parallel = new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken };
                await Parallel.ForEachAsync(peers, parallel, PushAsync).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The node stops.
        }
    }

    public void Dispose() => _changed.Dispose();

    private ToldMessage Current => self.Get(node.Addresses, node.Protocols);

    private async ValueTask<List<PeerId>> FindOutdatedAsync(CancellationToken cancellationToken)
    {
        var version = Current.Version;
        var connected = node.Peers.ToHashSet();
        var outdated = new List<PeerId>();
        foreach (var (peer, told) in _told)
        {
            if (!connected.Contains(peer))
                Forget(peer);
            else if (told != version
                && await node.PeerStore.GetAsync(peer, cancellationToken).ConfigureAwait(false) is { } info && info.Protocols.Contains(IdentifyService.PushProtocol))
                outdated.Add(peer);
        }
        return outdated;
    }

    private async ValueTask PushAsync(PeerId peer, CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(time, cancellationToken);
        deadline.Set(options.ReadTimeout);
        try
        {
            var told = Current;
            await using var stream = await node.OpenStreamIfConnectedAsync(peer, [IdentifyService.PushProtocol], deadline.Token).ConfigureAwait(false);
            if (stream is null)
                return;
            await LengthPrefixed.WriteAsync(stream.Output, told.For(stream.Connection), deadline.Token).ConfigureAwait(false);
            _told[peer] = told.Version;
            node.Publish(new IdentifySent(peer, stream.Connection) { IsPush = true });
        }
        catch (Libp2pException e)
        {
            IdentifyLog.NotPushed(logger, peer, e.Message);
        }
        catch (OperationCanceledException) when (deadline.HasPassed)
        {
            IdentifyLog.NotPushed(logger, peer, "it did not take it in time");
        }
    }
}
