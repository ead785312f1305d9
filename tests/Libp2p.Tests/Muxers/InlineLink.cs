using System.Buffers;
using System.IO.Pipelines;

namespace Libp2p.Tests.Muxers;

/// <summary>A secured link in memory whose flush goes on with the other side's read on the same thread, before it returns.</summary>
sealed class InlineLink : SecureLink
{
    static readonly PublicKey Key = Identity.Generate().PublicKey;

    readonly Pipe _incoming;

    InlineLink(Pipe incoming, Pipe outgoing, MemoryPool<byte> pool)
    {
        _incoming = incoming;
        Output = outgoing.Writer;
        Pool = pool;
    }

    public override PeerId RemotePeer { get; } = PeerId.FromPublicKey(Key);

    public override PublicKey RemoteKey => Key;

    public override ProtocolId Security => "/plaintext/2.0.0";

    public override ProtocolId? EarlyMuxer => null;

    public override PipeReader Input => _incoming.Reader;

    public override PipeWriter Output { get; }

    public override Multiaddress LocalAddress { get; } = Multiaddress.Parse("/memory/1");

    public override Multiaddress RemoteAddress { get; } = Multiaddress.Parse("/memory/2");

    public override MemoryPool<byte> Pool { get; }

    public static (InlineLink Dialer, InlineLink Listener) CreatePair(MemoryPool<byte> pool)
    {
        var options = new PipeOptions(pool, PipeScheduler.Inline, PipeScheduler.Inline, useSynchronizationContext: false);
        var (there, back) = (new Pipe(options), new Pipe(options));
        return (new InlineLink(back, there, pool), new InlineLink(there, back, pool));
    }

    public override void Abort(Exception? reason = null) => _incoming.Writer.Complete(reason);

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
