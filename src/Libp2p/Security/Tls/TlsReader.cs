using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Runtime.CompilerServices;

namespace Libp2p.Security.Tls;

/// <summary>Reads a secured link: waits without a buffer, then opens every whole record that is there into one linear buffer.</summary>
internal sealed class TlsReader(TlsSecureLink link, PipeReader inner, SslStream tls, SslTurn turn, TlsLinkStream stream, MemoryPool<byte> pool)
    : EncryptedReader(link, inner, pool, Limit)
{
    /// <summary>The most that is opened at once: sixteen full records.</summary>
    private const int Portion = 16 * TlsRecord.MaxPlaintext;

    /// <summary>The most that may wait unconsumed; the largest message of any layer above is below it.</summary>
    private const int Limit = (1024 * 1024) + Portion + TlsRecord.MaxPlaintext;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    protected override async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        await turn.TakeAsync().ConfigureAwait(false);
        try
        {
            // Waits until the first record is open within SslStream; what comes without plaintext (a new key, say) waits on.
            await tls.ReadAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);
            var taken = 0;
            do
            {
                var opened = await tls.ReadAsync(Buffer.GetRoom(TlsRecord.MaxPlaintext, stream.HasRecord() ? Portion : TlsRecord.MaxPlaintext), cancellationToken).ConfigureAwait(false);
                if (opened == 0)
                    break;
                Buffer.Append(opened);
                taken += opened;
            }
            while (taken < Portion && stream.HasRecord());
            if (taken == 0 && stream.HasEnded)
                throw new Libp2pException(Libp2pError.ConnectionClosed, "The connection was truncated: it ended without a goodbye.");
            return taken > 0;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            throw Explain(e);
        }
        finally
        {
            turn.Give();
        }
    }

    private Exception Explain(Exception e)
    {
        if (Link.Failure is { } failure)
            return failure;
        return stream.Failure switch
        {
            Libp2pException { Error: Libp2pError.ProtocolViolation } violation => Link.Fail(violation.Message, violation),
            { } lost => lost,
            null => Link.Fail("A TLS record does not authenticate, or an alert came: it was changed, repeated or lost on the way.", e),
        };
    }
}
