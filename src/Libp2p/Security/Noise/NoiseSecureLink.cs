using System.IO.Pipelines;
using Microsoft.Extensions.Logging;

namespace Libp2p.Security.Noise;

/// <summary>A link after the noise handshake.</summary>
internal sealed class NoiseSecureLink : EncryptedLink
{
    private readonly NoiseCipher _sending;
    private readonly NoiseCipher _receiving;
    private readonly ILogger _logger;

    public NoiseSecureLink(Link inner, NoiseProof proof, NoiseCipher sending, NoiseCipher receiving, bool isFlushPending, ILogger logger)
        : base(inner, proof.Peer, proof.Key)
    {
        _sending = sending;
        _receiving = receiving;
        _logger = logger;
        EarlyMuxer = proof.Muxer;
        var deferred = new DeferredFlush(inner.Output, isFlushPending);
        Input = new NoiseReader(this, inner.Input, receiving, deferred, inner.Pool);
        Output = new NoiseWriter(this, inner.Output, sending, deferred, inner.Pool);
    }

    public override PipeReader Input { get; }

    public override PipeWriter Output { get; }

    public override ProtocolId Security => NoiseProtocol.ProtocolId;

    public override ProtocolId? EarlyMuxer { get; }

    protected override void DisposeCiphers()
    {
        _sending.Dispose();
        _receiving.Dispose();
    }

    protected override void LogRefusal(string reason) => NoiseLog.Refused(_logger, RemotePeer, reason);
}
