using System.Buffers;
using System.IO.Pipelines;

namespace Libp2p.Security.Plaintext;

/// <summary>A link whose other side has said who it is. The bytes pass as they are.</summary>
internal sealed class PlaintextSecureLink(Link inner, PublicKey remoteKey) : SecureLink
{
    public override PeerId RemotePeer { get; } = PeerId.FromPublicKey(remoteKey);

    public override PublicKey RemoteKey => remoteKey;

    public override ProtocolId Security => PlaintextProtocol.ProtocolId;

    public override ProtocolId? EarlyMuxer => null;

    public override PipeReader Input => inner.Input;

    public override PipeWriter Output => inner.Output;

    public override Multiaddress LocalAddress => inner.LocalAddress;

    public override Multiaddress RemoteAddress => inner.RemoteAddress;

    public override MemoryPool<byte> Pool => inner.Pool;

    public override void Abort(Exception? reason = null) => inner.Abort(reason);

    public override ValueTask DisposeAsync() => inner.DisposeAsync();
}
