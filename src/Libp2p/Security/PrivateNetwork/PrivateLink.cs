using System.Buffers;
using System.IO.Pipelines;

namespace Libp2p.Security.PrivateNetwork;

/// <summary>A link of a private network. It has no buffers of its own: bytes are encrypted and decrypted where they lie.</summary>
internal sealed class PrivateLink : Link
{
    private readonly Link _inner;
    private readonly PrivateReader _reader;
    private readonly PrivateWriter _writer;

    public PrivateLink(Link inner, PrivateNetworkKey key)
    {
        _inner = inner;
        _reader = new PrivateReader(inner.Input, key);
        _writer = new PrivateWriter(inner.Output, key);
    }

    public override PipeReader Input => _reader;

    public override PipeWriter Output => _writer;

    public override Multiaddress LocalAddress => _inner.LocalAddress;

    public override Multiaddress RemoteAddress => _inner.RemoteAddress;

    public override MemoryPool<byte> Pool => _inner.Pool;

    public override long? BytesReceived => _inner.BytesReceived;

    public override long? BytesSent => _inner.BytesSent;

    public override void Abort(Exception? reason = null) => _inner.Abort(reason);

    public override ValueTask DisposeAsync() => _inner.DisposeAsync();
}
