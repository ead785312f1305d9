using System.Buffers;
using System.IO.Pipelines;
using Microsoft.Extensions.Logging;

namespace Libp2p.Security.Secio;

/// <summary>A link after the SECIO handshake. It owns the link below it and the two ciphers.</summary>
internal sealed class SecioSecureLink : SecureLink
{
    private readonly Link _inner;
    private readonly ILogger _logger;
    private readonly SecioCipher _sending;
    private readonly SecioCipher _receiving;
    private Exception? _failure;

    public SecioSecureLink(Link inner, PublicKey remoteKey, SecioCipher sending, SecioCipher receiving, int maxFrame, ILogger logger)
    {
        _inner = inner;
        _logger = logger;
        _sending = sending;
        _receiving = receiving;
        RemoteKey = remoteKey;
        RemotePeer = PeerId.FromPublicKey(remoteKey);
        Input = new SecioReader(this, inner.Input, receiving, maxFrame, inner.Pool);
        Output = new SecioWriter(this, inner.Output, sending);
    }

    public override PipeReader Input { get; }

    public override PipeWriter Output { get; }

    public override PeerId RemotePeer { get; }

    public override PublicKey RemoteKey { get; }

    public override ProtocolId Security => SecioProtocol.ProtocolId;

    public override ProtocolId? EarlyMuxer => null;

    /// <summary>Proposals, exchanges, nonces.</summary>
    public override int HandshakeRoundTrips => 3;

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

    /// <summary>The other side broke the protocol: nothing that still comes can be trusted.</summary>
    /// <returns>What to throw: this reason, or the one that was first.</returns>
    public Exception Fail(string reason)
    {
        var failure = new Libp2pException(Libp2pError.ProtocolViolation, reason);
        if (End(failure))
            SecioLog.Refused(_logger, RemotePeer, reason);
        _inner.Abort(failure);
        return Failure!;
    }

    private bool End(Exception failure)
    {
        if (Interlocked.CompareExchange(ref _failure, failure, null) is not null)
            return false;
        _sending.Dispose();
        _receiving.Dispose();
        return true;
    }
}
