using System.IO.Pipelines;
using System.Net.Security;
using Microsoft.Extensions.Logging;

namespace Libp2p.Security.Tls;

/// <summary>A link after the TLS handshake, which the platform's TLS encrypts.</summary>
internal sealed class TlsSecureLink : EncryptedLink
{
    /// <summary>How long a closing link waits for its goodbye to be taken.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    private readonly SslStream _tls;
    private readonly TlsWriter _writer;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    public TlsSecureLink(Link inner, TlsProof proof, SslStream tls, SslTurn turn, TlsLinkStream stream, bool isFlushPending, TimeProvider time, ILogger logger)
        : base(inner, proof.Peer, proof.Key)
    {
        _tls = tls;
        _time = time;
        _logger = logger;
        EarlyMuxer = proof.Muxer;
        var deferred = new DeferredFlush(inner.Output, isFlushPending);
        stream.EndHandshake(deferred);
        turn.Give();
        Input = new TlsReader(this, inner.Input, tls, turn, stream, inner.Pool);
        Output = _writer = new TlsWriter(this, inner.Output, tls, turn, deferred, inner.Pool);
    }

    public override PipeReader Input { get; }

    public override PipeWriter Output { get; }

    public override ProtocolId Security => TlsProtocol.ProtocolId;

    public override ProtocolId? EarlyMuxer { get; }

    protected override async ValueTask SayGoodbyeAsync()
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
    }

    protected override void DisposeCiphers() => _tls.Dispose();

    protected override void LogRefusal(string reason) => TlsLog.Refused(_logger, RemotePeer, reason);
}
