using System.Net.Security;

namespace Libp2p.Transports.WebSocket;

/// <summary>Writes TLS.</summary>
internal sealed class TlsWriter(TlsLink link, SslStream stream) : GatheringWriter(link.Pool)
{
    private readonly TlsLink _link = link;

    protected override Exception? Cause => _link.Failure;

    protected override async ValueTask SendAsync(CancellationToken cancellationToken)
    {
        var count = Gathered.Length;
        if (count > 0)
            await stream.WriteAsync(Gathered, cancellationToken).ConfigureAwait(false);
        Consume(count);
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override void Break(Libp2pException reason) => _link.Abort(reason);

    protected override bool IsLoss(Exception exception) => TlsLink.IsLoss(exception);

    protected override Exception Explain(Exception exception) => _link.Explain(exception);

    protected override void EndSending() => _ = _link.EndSendingAsync();
}
