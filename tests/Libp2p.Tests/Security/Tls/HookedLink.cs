using System.Buffers;
using System.IO.Pipelines;

namespace Libp2p.Tests.Security.Tls;

/// <summary>A link that calls the test in the middle of what the layer above does with it.</summary>
sealed class HookedLink : Link
{
    readonly Link _inner;

    public HookedLink(Link inner)
    {
        _inner = inner;
        Input = new Reader(this, inner.Input);
        Output = new Writer(this, inner.Output);
    }

    /// <summary>Called, once, when the layer above has taken bytes.</summary>
    public Action? OnTaken { get; set; }

    /// <summary>Called, once, when the layer above has written bytes.</summary>
    public Action? OnWritten { get; set; }

    /// <summary>Bytes that the layer above has written.</summary>
    public long Written { get; private set; }

    public override PipeReader Input { get; }

    public override PipeWriter Output { get; }

    public override Multiaddress LocalAddress => _inner.LocalAddress;

    public override Multiaddress RemoteAddress => _inner.RemoteAddress;

    public override MemoryPool<byte> Pool => _inner.Pool;

    public override void Abort(Exception? reason = null) => _inner.Abort(reason);

    public override ValueTask DisposeAsync() => _inner.DisposeAsync();

    sealed class Reader(HookedLink link, PipeReader inner) : PipeReader
    {
        public override bool TryRead(out ReadResult result) => inner.TryRead(out result);

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => inner.ReadAsync(cancellationToken);

        public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
            inner.AdvanceTo(consumed, examined);
            var call = link.OnTaken;
            link.OnTaken = null;
            call?.Invoke();
        }

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);
    }

    sealed class Writer(HookedLink link, PipeWriter inner) : PipeWriter
    {
        public override bool CanGetUnflushedBytes => true;

        public override long UnflushedBytes => inner.UnflushedBytes;

        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

        public override void Advance(int bytes)
        {
            inner.Advance(bytes);
            link.Written += bytes;
            var call = link.OnWritten;
            link.OnWritten = null;
            call?.Invoke();
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);
    }
}
