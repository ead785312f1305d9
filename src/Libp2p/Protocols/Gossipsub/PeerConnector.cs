using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Libp2p.Protocols.Gossipsub;

/// <summary>Connects to peers in the background: to direct ones, and to those that another peer named, if their records prove to be theirs. Bounded.</summary>
internal sealed class PeerConnector(INode node, ILogger logger)
{
    private const int MaxPending = 128;
    private const int MaxAtOnce = 8;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Channel<ExchangedPeer> _pending = Channel.CreateBounded<ExchangedPeer>(MaxPending);

    /// <summary>Has a peer connected to; forgets it where too many wait.</summary>
    public void Connect(GossipsubEffect effect)
    {
        if (effect is GossipsubEffect.ConnectDirect direct)
            _pending.Writer.TryWrite(new(direct.Peer, default));
        else if (effect is GossipsubEffect.ConnectExchanged exchanged)
            exchanged.Peers.ForEach(peer => _pending.Writer.TryWrite(peer));
    }

    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(Enumerable.Range(0, MaxAtOnce).Select(_ => WorkAsync(cancellationToken)));

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var (peer, record) in _pending.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
                await ConnectAsync(peer, record, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }

    private async ValueTask ConnectAsync(PeerId peer, ReadOnlyMemory<byte> envelope, CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(node.TimeProvider, cancellationToken);
        deadline.Set(Patience);
        try
        {
            if (envelope.IsEmpty || await TakeRecordAsync(peer, envelope, deadline.Token).ConfigureAwait(false))
                await node.ConnectAsync(peer, ConnectOptions.InBackground, deadline.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            GossipsubLog.ConnectFailed(logger, peer, e.Message);
        }
    }

    private async ValueTask<bool> TakeRecordAsync(PeerId peer, ReadOnlyMemory<byte> envelope, CancellationToken cancellationToken)
    {
        if (!PeerRecord.TryOpen(envelope.Span, out var record, out var error))
        {
            GossipsubLog.ConnectFailed(logger, peer, error);
            return false;
        }
        if (record.PeerId != peer || peer == node.Identity.PeerId)
            return false;
        // Where a newer one is here already, its addresses are dialled.
        await node.PeerStore.ConsumeRecordAsync(record, envelope, cancellationToken).ConfigureAwait(false);
        return true;
    }
}
