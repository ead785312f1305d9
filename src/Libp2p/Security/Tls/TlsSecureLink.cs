using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using Microsoft.Extensions.Logging;

namespace Libp2p.Security.Tls;

/// <summary>A link after the TLS handshake. It owns the link below it and the platform's TLS.</summary>
internal sealed class TlsSecureLink : SecureLink
{
    /// <summary>How long a closing link waits for its goodbye to be taken.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    private readonly Link _inner;
    private readonly SslStream _tls;
    private readonly TlsWriter _writer;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private Exception? _failure;

    public TlsSecureLink(Link inner, TlsProof proof, SslStream tls, TlsLinkStream stream, bool isFlushPending, TimeProvider time, ILogger logger)
    {
        _inner = inner;
        _tls = tls;
        _time = time;
        _logger = logger;
        RemotePeer = proof.Peer;
        RemoteKey = proof.Key;
        EarlyMuxer = proof.Muxer;
        var deferred = new DeferredFlush(inner.Output, isFlushPending);
        stream.EndHandshake(deferred);
        Input = new TlsReader(this, inner.Input, tls, stream, inner.Pool);
        Output = _writer = new TlsWriter(this, inner.Output, tls, deferred, inner.Pool);
    }

    public override PipeReader Input { get; }

    public override PipeWriter Output { get; }

    public override PeerId RemotePeer { get; }

    public override PublicKey RemoteKey { get; }

    public override ProtocolId Security => TlsProtocol.ProtocolId;

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
        _writer.Complete();
        try
        {
            await _writer.Ended.WaitAsync(Farewell, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // The other side takes nothing any more: it is left behind.
        }
        await _inner.DisposeAsync().ConfigureAwait(false);
        End(new Libp2pException(Libp2pError.ConnectionClosed, "The connection was closed on this side."));
    }

    /// <summary>The other side broke the protocol: nothing that still comes can be trusted.</summary>
    /// <returns>What to throw: this reason, or the one that was first.</returns>
    public Exception Fail(string reason, Exception? inner = null)
    {
        var failure = new Libp2pException(Libp2pError.ProtocolViolation, reason, inner);
        if (End(failure))
            TlsLog.Refused(_logger, RemotePeer, reason);
        _inner.Abort(failure);
        return Failure!;
    }

    private bool End(Exception failure)
    {
        if (Interlocked.CompareExchange(ref _failure, failure, null) is not null)
            return false;
        // A read or a write that is under way holds the platform's context until it returns; the next finds it disposed, and says why.
        _tls.Dispose();
        return true;
    }
}
