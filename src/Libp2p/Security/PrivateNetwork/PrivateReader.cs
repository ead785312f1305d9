using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Libp2p.Security.PrivateNetwork;

/// <summary>Reads a link of a private network: takes the other side's nonce, then decrypts what has arrived in the buffer it arrived in.</summary>
internal sealed class PrivateReader(PipeReader inner, PrivateNetworkKey key) : PipeReader
{
    private Salsa20? _cipher;
    private ReadOnlySequence<byte> _given;

    /// <summary>Bytes at the start of what the inner reader holds that are decrypted already.</summary>
    private long _opened;

    public override bool TryRead(out ReadResult result)
    {
        while (inner.TryRead(out var read))
        {
            if (TryOpen(read, out result))
                return true;
        }
        result = default;
        return false;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        ReadResult result;
        while (!TryOpen(await inner.ReadAsync(cancellationToken).ConfigureAwait(false), out result))
        {
        }
        return result;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _opened -= _given.Slice(_given.Start, consumed).Length;
        _given = default;
        inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    /// <summary>Decrypts what is new; false where only a part of the nonce is there.</summary>
    private bool TryOpen(in ReadResult read, out ReadResult result)
    {
        var buffer = read.Buffer;
        result = default;
        if (_cipher is null && !TryBegin(ref buffer, read.IsCompleted))
            return false;
        foreach (var segment in buffer.Slice(_opened))
            _cipher!.Apply(MemoryMarshal.AsMemory(segment).Span);
        _opened = buffer.Length;
        _given = buffer;
        result = new ReadResult(buffer, read.IsCanceled, read.IsCompleted);
        return true;
    }

    /// <summary>Takes the nonce from the buffer; where it is not all there, the buffer has been given back.</summary>
    private bool TryBegin(ref ReadOnlySequence<byte> buffer, bool isCompleted)
    {
        Span<byte> nonce = stackalloc byte[Salsa20.ExtendedNonceLength];
        var length = (int)Math.Min(buffer.Length, nonce.Length);
        buffer.Slice(0, length).CopyTo(nonce);
        if (nonce[..length].StartsWith("\u0013/multistream/1.0.0\n"u8))
        {
            inner.AdvanceTo(buffer.Start);
            throw new Libp2pException(Libp2pError.HandshakeFailed, "the peer is in no private network, and this node is in one");
        }
        if (length < nonce.Length)
        {
            inner.AdvanceTo(buffer.Start, buffer.End);
            return isCompleted
                ? throw new Libp2pException(Libp2pError.ConnectionClosed, "the peer ended the connection at once: it may be in another network, or in none")
                : false;
        }
        _cipher = Salsa20.CreateExtended(key.Bytes, nonce);
        buffer = buffer.Slice(nonce.Length);
        return true;
    }
}
