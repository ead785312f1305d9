using System.IO.Pipelines;
using Microsoft.Extensions.Logging;

namespace Libp2p.Security.Secio;

/// <summary>A link after the SECIO handshake.</summary>
internal sealed class SecioSecureLink : EncryptedLink
{
    private readonly SecioCipher _sending;
    private readonly SecioCipher _receiving;
    private readonly ILogger _logger;

    public SecioSecureLink(Link inner, PublicKey remoteKey, SecioCipher sending, SecioCipher receiving, int maxFrame, ILogger logger)
        : base(inner, PeerId.FromPublicKey(remoteKey), remoteKey)
    {
        _sending = sending;
        _receiving = receiving;
        _logger = logger;
        Input = new SecioReader(this, inner.Input, receiving, maxFrame, inner.Pool);
        Output = new SecioWriter(this, inner.Output, sending, inner.Pool);
    }

    public override PipeReader Input { get; }

    public override PipeWriter Output { get; }

    public override ProtocolId Security => SecioProtocol.ProtocolId;

    public override ProtocolId? EarlyMuxer => null;

    /// <summary>Proposals, exchanges, nonces.</summary>
    public override int HandshakeRoundTrips => 3;

    protected override void DisposeCiphers()
    {
        _sending.Dispose();
        _receiving.Dispose();
    }

    protected override void LogRefusal(string reason) => SecioLog.Refused(_logger, RemotePeer, reason);
}
