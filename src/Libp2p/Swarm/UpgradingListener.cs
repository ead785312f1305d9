using System.Threading.Channels;

namespace Libp2p.Swarm;

/// <summary>Who listens on a port: takes the connections that are made of the links it claims, and gives them one after the other.</summary>
internal sealed class UpgradingListener(Multiaddress address, ILinkClaimant? claimant, Func<UpgradingListener, ValueTask> close) : IListener<PeerConnection>
{
    // Whoever ends an upgrade also admits its connection, if the one who accepts is waiting: that saves a change of threads.
    private readonly Channel<PeerConnection> _upgraded = Channel.CreateBounded<PeerConnection>(
        new BoundedChannelOptions(64) { AllowSynchronousContinuations = true });
    private int _closed;

    public Multiaddress Address { get; } = address;

    /// <summary>What knows its links; null for who takes those that begin with multistream-select.</summary>
    public ILinkClaimant? Claimant { get; } = claimant;

    /// <summary>Takes a connection, which belongs to the listener afterwards.</summary>
    public void Offer(PeerConnection connection)
    {
        if (_upgraded.Writer.TryWrite(connection))
            return;
        connection.Abort(Volatile.Read(ref _closed) != 0
            ? new CloseReason(CloseCode.Shutdown)
            : new CloseReason(CloseCode.LimitReached, "too many new connections wait to be admitted"));
    }

    public async ValueTask<PeerConnection?> AcceptAsync(CancellationToken cancellationToken)
    {
        while (await _upgraded.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_upgraded.Reader.TryRead(out var connection))
                return connection;
        }
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
            return;
        await close(this).ConfigureAwait(false);
        _upgraded.Writer.TryComplete();
        while (_upgraded.Reader.TryRead(out var connection))
            connection.Abort(new CloseReason(CloseCode.Shutdown));
    }
}
