namespace Libp2p.Tests.Swarm;

/// <summary>A connection that carries nothing and remembers how it was ended.</summary>
sealed class FakeConnection : PeerConnection
{
    static readonly PublicKey Key = Identity.Generate().PublicKey;
    static long _last;

    readonly TaskCompletionSource<CloseReason> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public FakeConnection(PeerId peer, Multiaddress address) => Info = new()
    {
        Id = Interlocked.Increment(ref _last),
        RemotePeer = peer,
        RemoteKey = Key,
        Role = Role.Dialer,
        LocalAddress = address,
        RemoteAddress = address,
        Security = "/noise",
        Muxer = "/yamux/1.0.0",
        OpenedAt = DateTimeOffset.UnixEpoch,
        HandshakeTime = TimeSpan.Zero,
    };

    public override ConnectionInfo Info { get; }

    public override Task<CloseReason> Closed => _closed.Task;

    public Task Disposed => _disposed.Task;

    public override int StreamCount => 0;

    public override TimeSpan? RoundTripTime => null;

    public override ValueTask<MuxedStream> OpenAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public override ValueTask<MuxedStream?> AcceptAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public override void Abort(CloseReason reason) => _closed.TrySetResult(reason);

    public override ValueTask DisposeAsync()
    {
        _closed.TrySetResult(CloseReason.LocalClose);
        _disposed.TrySetResult();
        return default;
    }
}
