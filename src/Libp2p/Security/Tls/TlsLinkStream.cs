using System.Buffers;
using System.Runtime.CompilerServices;

namespace Libp2p.Security.Tls;

/// <summary>
/// A link as <c>SslStream</c> wants it. It gives whole records only, so that nothing is held above it while a record is still on
/// its way; what is written waits in the link's output for whoever flushes that.
/// </summary>
/// <param name="link">The link.</param>
/// <param name="turn">The turn with the <c>SslStream</c> above: whoever reads has it, and gives it away while it waits for the link.</param>
internal sealed class TlsLinkStream(Link link, SslTurn turn) : Stream
{
    /// <summary>What a peer may send before it has proven itself. A handshake with the longest keys has about 8 KiB.</summary>
    public const int HandshakeLimit = 64 * 1024;

    private DeferredFlush? _deferred;
    private long _received;
    private int _rest;

    /// <summary>True once the link ended without a word: what says goodbye in good order is a close_notify before that.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>What a read failed with; <c>SslStream</c> wraps it.</summary>
    public Exception? Failure { get; private set; }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>The handshake is over: from here on the writer flushes, but for what the handshake may have left.</summary>
    public void EndHandshake(DeferredFlush deferred) => _deferred = deferred;

    /// <summary>Whether a whole record is there to be read at once.</summary>
    public bool HasRecord()
    {
        if (_rest > 0)
            return true;
        if (!link.Input.TryRead(out var read))
            return false;
        var isWhole = TlsRecord.TryMeasure(read.Buffer, out var length) && length > 0 && read.Buffer.Length >= length;
        link.Input.AdvanceTo(read.Buffer.Start, isWhole ? read.Buffer.Start : read.Buffer.End);
        return isWhole;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            while (true)
            {
                if (!link.Input.TryRead(out var read))
                {
                    await FlushBeforeWaitAsync(cancellationToken).ConfigureAwait(false);
                    read = await turn.WaitAsync(link.Input, cancellationToken).ConfigureAwait(false);
                }
                var available = read.Buffer;
                var ready = Measure(available, buffer.Length);
                if (ready == 0)
                {
                    link.Input.AdvanceTo(available.Start, available.End);
                    if (!read.IsCompleted)
                        continue;
                    // Half a record at the end is lost; nothing could be done with it.
                    HasEnded = true;
                    return 0;
                }
                var taken = Math.Min(ready, buffer.Length);
                var given = available.Slice(0, taken);
                given.CopyTo(buffer.Span);
                link.Input.AdvanceTo(given.End);
                Count(taken, ready);
                return taken;
            }
        }
        catch (Exception e)
        {
            Failure ??= e;
            throw;
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("A link is read asynchronously.");

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer) => link.Output.Write(buffer);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    /// <summary>Nothing: what a handshake writes leaves when it waits for the answer, everything else when the writer flushes.</summary>
    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private async ValueTask FlushBeforeWaitAsync(CancellationToken cancellationToken)
    {
        if (_deferred is null)
            await link.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
        else if (!_deferred.IsSettled)
            await _deferred.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Bytes that may be given: whole records as far as they fit, or of the first one that does not fit as much as does; to a read
    /// that only waits, which has no room at all, the first record's.
    /// </summary>
    private int Measure(ReadOnlySequence<byte> available, int room)
    {
        if (_rest > 0)
            return _rest;
        var total = 0;
        while (!available.IsEmpty)
        {
            if (!TlsRecord.TryMeasure(available, out var length))
            {
                if (total > 0)
                    break;
                throw new Libp2pException(Libp2pError.ProtocolViolation, length > 0
                    ? $"The peer sent a TLS record of {length - TlsRecord.HeaderLength} bytes; at most {TlsRecord.MaxFragment} are allowed."
                    : "The peer does not speak TLS.");
            }
            if (length == 0 || available.Length < length || (total > 0 && total + length > room))
                break;
            total += length;
            available = available.Slice(length);
        }
        return total;
    }

    private void Count(int taken, int ready)
    {
        _rest = ready - taken;
        if (_deferred is null && (_received += taken) > HandshakeLimit)
            throw new Libp2pException(Libp2pError.ProtocolViolation, $"The peer sent more than {HandshakeLimit} bytes before it proved who it is.");
    }
}
