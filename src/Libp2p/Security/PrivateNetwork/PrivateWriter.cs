using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;

namespace Libp2p.Security.PrivateNetwork;

/// <summary>Writes a link of a private network: a nonce first, then all that is written, encrypted where it was written.</summary>
internal sealed class PrivateWriter : PipeWriter
{
    private readonly PipeWriter _inner;
    private readonly Salsa20 _cipher;
    private Memory<byte> _memory;

    /// <summary>Writes the nonce, without a flush.</summary>
    public PrivateWriter(PipeWriter inner, PrivateNetworkKey key)
    {
        _inner = inner;
        Span<byte> nonce = stackalloc byte[Salsa20.ExtendedNonceLength];
        RandomNumberGenerator.Fill(nonce);
        _cipher = Salsa20.CreateExtended(key.Bytes, nonce);
        inner.Write(nonce);
    }

    public override bool CanGetUnflushedBytes => _inner.CanGetUnflushedBytes;

    public override long UnflushedBytes => _inner.UnflushedBytes;

    public override Memory<byte> GetMemory(int sizeHint = 0) => _memory = _inner.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        if ((uint)bytes > (uint)_memory.Length)
            throw new ArgumentOutOfRangeException(nameof(bytes), bytes, "More bytes were written than there was room for.");
        _cipher.Apply(_memory.Span[..bytes]);
        _memory = _memory[bytes..];
        _inner.Advance(bytes);
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => _inner.FlushAsync(cancellationToken);

    public override void CancelPendingFlush() => _inner.CancelPendingFlush();

    public override void Complete(Exception? exception = null) => _inner.Complete(exception);
}
