using System.Net.Security;
using System.Runtime.CompilerServices;

namespace Libp2p.Transports.WebSocket;

/// <summary>Reads TLS: waits without a buffer, then takes a record.</summary>
internal sealed class TlsReader(TlsLink link, SslStream stream, SslTurn turn) : LinearPipeReader(link.Pool, Limit)
{
    /// <summary>The most plaintext of one record.</summary>
    private const int Record = 16 * 1024;

    /// <summary>The most that may wait unconsumed; the largest message of any layer above is below it.</summary>
    private const int Limit = 1024 * 1024;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    protected override async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (link.Failure is { } failure)
            throw failure;
        await turn.TakeAsync().ConfigureAwait(false);
        try
        {
            await stream.ReadAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);
            var received = await stream.ReadAsync(Buffer.GetRoom(Record, Record), cancellationToken).ConfigureAwait(false);
            Buffer.Append(received);
            return received > 0;
        }
        catch (Exception e) when (TlsLink.IsLoss(e))
        {
            throw link.Explain(e);
        }
        finally
        {
            turn.Give();
        }
    }
}
