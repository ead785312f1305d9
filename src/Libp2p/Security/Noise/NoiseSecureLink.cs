using System.Buffers;
using System.IO.Pipelines;
using Microsoft.Extensions.Logging;

namespace Libp2p.Security.Noise;

/// <summary>A link after the noise handshake. It owns the link below it and the two ciphers.</summary>
internal sealed class NoiseSecureLink : SecureLink
{
    private readonly Link _inner;
    private readonly ILogger _logger;
    private readonly NoiseCipher _sending;
    private readonly NoiseCipher _receiving;
    private Exception? _failure;

    public NoiseSecureLink(Link inner, NoiseProof proof, NoiseCipher sending, NoiseCipher receiving, bool isFlushPending, ILogger logger)
    {
        _inner = inner;
        _logger = logger;
        _sending = sending;
        _receiving = receiving;
        RemotePeer = proof.Peer;
        RemoteKey = proof.Key;
        EarlyMuxer = proof.Muxer;
        var deferred = new DeferredFlush(inner.Output, isFlushPending);
        Input = new NoiseReader(this, inner.Input, receiving, deferred, inner.Pool);
        Output = new NoiseWriter(this, inner.Output, sending, deferred, inner.Pool);
    }

    public override PipeReader Input { get; }

    public override PipeWriter Output { get; }

    public override PeerId RemotePeer { get; }

    public override PublicKey RemoteKey { get; }

    public override ProtocolId Security => NoiseProtocol.ProtocolId;

    public override ProtocolId? EarlyMuxer { get; }

    public override Multiaddress LocalAddress => _inner.LocalAddress;

    public override Multiaddress RemoteAddress => _inner.RemoteAddress;

    public override MemoryPool<byte> Pool => _inner.Pool;

    /// <summary>Why the link ended on this side; null while it lives.</summary>
    public Exception? Failure => Volatile.Read(ref _failure);

    public override void Abort(Exception? reason = null)
    {
        End(reason ?? new Libp2pException(Libp2pError.ConnectionClosed, "The connection was aborted on this side."));
        _inner.Abort(reason);
    }

    public override async ValueTask DisposeAsync()
    {
        await _inner.DisposeAsync().ConfigureAwait(false);
        End(new Libp2pException(Libp2pError.ConnectionClosed, "The connection was closed on this side."));
    }

    /// <summary>The other side broke the protocol, or a key is used up: nothing that still comes can be trusted.</summary>
    /// <returns>What to throw: this reason, or the one that was first.</returns>
    public Exception Fail(string reason)
    {
        var failure = new Libp2pException(Libp2pError.ProtocolViolation, reason);
        if (End(failure))
            NoiseLog.Refused(_logger, RemotePeer, reason);
        _inner.Abort(failure);
        return Failure!;
    }

    // A read or write that is under way holds the cipher's context until it returns; the next finds it disposed, and says why.
    private bool End(Exception failure)
    {
        if (Interlocked.CompareExchange(ref _failure, failure, null) is not null)
            return false;
        _sending.Dispose();
        _receiving.Dispose();
        return true;
    }
}
