using System.Buffers;
using System.IO.Pipelines;

namespace Libp2p.Testing;

/// <summary>A link that claims to be secured: what a muxer is attached to where no handshake is wanted.</summary>
public sealed class PlainSecureLink : SecureLink
{
    private readonly Link _inner;

    /// <summary>Wraps a link.</summary>
    /// <param name="inner">The link, which belongs to this one afterwards.</param>
    /// <param name="remoteKey">The key that the other side is said to have proven.</param>
    /// <param name="earlyMuxer">The muxer that the handshake is said to have agreed on.</param>
    public PlainSecureLink(Link inner, PublicKey remoteKey, ProtocolId? earlyMuxer = null)
    {
        _inner = inner;
        RemoteKey = remoteKey;
        RemotePeer = PeerId.FromPublicKey(remoteKey);
        EarlyMuxer = earlyMuxer;
    }

    /// <inheritdoc/>
    public override PeerId RemotePeer { get; }

    /// <inheritdoc/>
    public override PublicKey RemoteKey { get; }

    /// <inheritdoc/>
    public override ProtocolId Security => "/plaintext/2.0.0";

    /// <inheritdoc/>
    public override ProtocolId? EarlyMuxer { get; }

    /// <inheritdoc/>
    public override PipeReader Input => _inner.Input;

    /// <inheritdoc/>
    public override PipeWriter Output => _inner.Output;

    /// <inheritdoc/>
    public override Multiaddress LocalAddress => _inner.LocalAddress;

    /// <inheritdoc/>
    public override Multiaddress RemoteAddress => _inner.RemoteAddress;

    /// <inheritdoc/>
    public override MemoryPool<byte> Pool => _inner.Pool;

    /// <inheritdoc/>
    public override void Abort(Exception? reason = null) => _inner.Abort(reason);

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => _inner.DisposeAsync();
}
