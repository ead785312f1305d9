namespace Libp2p.Swarm;

/// <summary>A connection made of a muxer over a secured link; the plain link under both counts its bytes.</summary>
internal sealed class UpgradedConnection(IMuxer muxer, Link link, ConnectionInfo info) : PeerConnection
{
    public override ConnectionInfo Info { get; } = info;

    public override Task<CloseReason> Closed => muxer.Closed;

    public override int StreamCount => muxer.StreamCount;

    public override TimeSpan? RoundTripTime => muxer.RoundTripTime;

    public override long? BytesReceived => link.BytesReceived;

    public override long? BytesSent => link.BytesSent;

    public override ValueTask<MuxedStream> OpenAsync(CancellationToken cancellationToken) => muxer.OpenAsync(cancellationToken);

    public override ValueTask<MuxedStream?> AcceptAsync(CancellationToken cancellationToken) => muxer.AcceptAsync(cancellationToken);

    public override void Abort(CloseReason reason) => muxer.Abort(reason);

    public override ValueTask CloseAsync(CloseReason reason) => muxer.CloseAsync(reason);

    public override ValueTask DisposeAsync() => muxer.DisposeAsync();
}
