using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Threading.Channels;

namespace Libp2p.Tests.Protocols.Identify;

/// <summary>A node without a network: its connections are what a test says, and each question over one gets the answer that the test gives.</summary>
sealed class FakeNode(TimeProvider time) : INode
{
    readonly Channel<NodeEvent> _events = Channel.CreateUnbounded<NodeEvent>();

    public ConcurrentDictionary<long, (ConnectionInfo Connection, byte[] Answer)> Open { get; } = new();

    public ConcurrentQueue<NodeEvent> Published { get; } = new();

    public ConcurrentDictionary<Multiaddress, bool> Confirmed { get; } = new();

    public Identity Identity { get; } = Identity.Generate();

    public IReadOnlyList<Multiaddress> Addresses => ListenAddresses;

    public IReadOnlyList<Multiaddress> ListenAddresses { get; } = [Multiaddress.Parse("/ip4/0.0.0.0/tcp/4001")];

    public IReadOnlyList<ProtocolId> Protocols => [];

    public IReadOnlyList<PeerId> Peers => [.. Open.Values.Select(o => o.Connection.RemotePeer)];

    public IReadOnlyList<ConnectionInfo> Connections => [.. Open.Values.Select(o => o.Connection)];

    public IPeerStore PeerStore { get; } = new InMemoryPeerStore(timeProvider: time);

    public IConnectionTags ConnectionTags => throw new NotSupportedException();

    public TimeProvider TimeProvider => time;

    public void Happen(NodeEvent nodeEvent) => _events.Writer.TryWrite(nodeEvent);

    public IAsyncEnumerable<NodeEvent> WatchAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.Register(() => _events.Writer.TryComplete());
        return _events.Reader.ReadAllAsync(CancellationToken.None);
    }

    public void Publish(NodeEvent nodeEvent) => Published.Enqueue(nodeEvent);

    public void ConfirmAddress(Multiaddress address) => Assert.True(Confirmed.TryAdd(address, true));

    public void RetractAddress(Multiaddress address) => Assert.True(Confirmed.TryRemove(address, out _));

    public IDisposable Handle(ProtocolId protocol, StreamHandler handler, int? maxInboundStreamsPerPeer = null) => new Registration();

    public async ValueTask<PeerStream> OpenStreamAsync(ConnectionInfo connection, ProtocolId protocol, CancellationToken cancellationToken = default)
    {
        if (!Open.TryGetValue(connection.Id, out var open))
            throw new Libp2pException(Libp2pError.ConnectionClosed, "It has ended.");
        var stream = new AnsweredStream();
        await stream.Answer.Writer.WriteAsync(open.Answer, cancellationToken);
        await stream.Answer.Writer.CompleteAsync();
        return new PeerStream(stream, protocol, connection);
    }

    public ValueTask<PeerStream> OpenStreamAsync(PeerId peer, ProtocolId protocol, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<PeerStream> OpenStreamAsync(PeerId peer, IReadOnlyList<ProtocolId> protocols, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<PeerStream?> OpenStreamIfConnectedAsync(PeerId peer, IReadOnlyList<ProtocolId> protocols, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<ConnectionInfo> ConnectAsync(PeerId peer, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<ConnectionInfo> ConnectAsync(Multiaddress address, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<ConnectionInfo> ConnectAsync(PeerId peer, ConnectOptions? options, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask<ConnectionInfo> ConnectAsync(Multiaddress address, ConnectOptions? options, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public ValueTask DisconnectAsync(PeerId peer, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    public TimeSpan? GetRoundTripTime(PeerId peer) => null;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    sealed class Registration : IDisposable
    {
        public void Dispose()
        {
        }
    }

    sealed class AnsweredStream : MuxedStream
    {
        public Pipe Answer { get; } = new(new PipeOptions(pauseWriterThreshold: 0));

        public override long Id => 1;

        public override Role Role => Role.Dialer;

        public override PipeReader Input => Answer.Reader;

        public override PipeWriter Output => throw new NotSupportedException();

        public override void Reset() => Answer.Reader.Complete();

        public override ValueTask DisposeAsync() => Answer.Reader.CompleteAsync();
    }
}
