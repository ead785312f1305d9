using System.IO.Pipelines;

namespace Libp2p;

/// <summary>A stream to a peer on which a protocol has been agreed: what handlers get and <c>INode.OpenStreamAsync</c> gives.</summary>
/// <remarks>
/// Dispose it when done: that ends writing in good order and stops reading. <see cref="Reset"/> ends both directions at once.
/// </remarks>
public sealed class PeerStream : IDuplexPipe, IAsyncDisposable
{
    private MuxedStream _stream;
    private Stream? _asStream;

    /// <summary>Binds a muxed stream to its protocol and connection.</summary>
    /// <param name="stream">The stream, which belongs to this one afterwards.</param>
    /// <param name="protocol">What was agreed on.</param>
    /// <param name="connection">The connection it runs over.</param>
    public PeerStream(MuxedStream stream, ProtocolId protocol, ConnectionInfo connection)
    {
        _stream = stream;
        Protocol = protocol;
        Connection = connection;
    }

    /// <summary>The agreed protocol.</summary>
    public ProtocolId Protocol { get; }

    /// <summary>The connection it runs over.</summary>
    public ConnectionInfo Connection { get; }

    /// <summary>Who is on the other side.</summary>
    public PeerId RemotePeer => Connection.RemotePeer;

    /// <summary>Which side opened it.</summary>
    public Role Role => _stream.Role;

    /// <summary>What the other side sends. A reset throws <see cref="StreamResetException"/>.</summary>
    public PipeReader Input => Settle().Input;

    /// <summary>What this side sends; completing it ends writing (half-close). Memory given to its <c>WriteAsync</c> is read until that completes.</summary>
    public PipeWriter Output => Settle().Output;

    /// <summary>Ends writing in good order: the other side reads to the end. Reading goes on.</summary>
    public ValueTask CloseWriteAsync() => Output.CompleteAsync();

    /// <summary>Ends both directions at once; the other side's reads and writes fail.</summary>
    public void Reset() => _stream.Reset();

    /// <summary>The same stream as a <see cref="Stream"/>, whose disposal is this one's.</summary>
    public Stream AsStream() => _asStream ??= new DuplexStream(this);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    /// <summary>Lets go of the negotiation once it is over: an idle stream keeps the muxer's stream alone.</summary>
    private MuxedStream Settle() => _stream = _stream.Settled;
}
