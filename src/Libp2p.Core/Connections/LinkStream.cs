using System.Buffers;
using System.Runtime.CompilerServices;

namespace Libp2p;

/// <summary>
/// A link seen as a <see cref="Stream"/>, for the protocols of the base class library that know only those (TLS, WebSocket). One
/// reads and one writes at a time. Disposing it leaves the link as it is.
/// </summary>
/// <param name="link">The link.</param>
/// <param name="turn">The turn with an <c>SslStream</c> above, where there is one: whoever reads has it, and gives it away while it waits for the link.</param>
internal sealed class LinkStream(Link link, SslTurn? turn = null) : Stream
{
    /// <summary>While true, a flush leaves what was written in the link's output, so that several frames leave together with the next one that is not held.</summary>
    public bool HoldsFlushes { get; set; }

    /// <summary>Bytes that can be read without waiting. For the reading side to ask.</summary>
    public int Available
    {
        get
        {
            if (!link.Input.TryRead(out var read))
                return 0;
            link.Input.AdvanceTo(read.Buffer.Start);
            return (int)Math.Min(read.Buffer.Length, int.MaxValue);
        }
    }

    public override bool CanRead => true;
    public override bool CanWrite => true;
    public override bool CanSeek => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>Reads what is there; into no room, only waits for it.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var input = link.Input;
        if (!input.TryRead(out var read))
            read = turn is null ? await input.ReadAsync(cancellationToken).ConfigureAwait(false) : await turn.WaitAsync(input, cancellationToken).ConfigureAwait(false);
        var given = read.Buffer.Slice(0, Math.Min(buffer.Length, read.Buffer.Length));
        given.CopyTo(buffer.Span);
        input.AdvanceTo(given.End);
        return (int)given.Length;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!buffer.IsEmpty)
        {
            buffer.Span.CopyTo(link.Output.GetSpan(buffer.Length));
            link.Output.Advance(buffer.Length);
        }
        return ValueTask.CompletedTask;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        if (HoldsFlushes)
            return Task.CompletedTask;
        var flush = link.Output.FlushAsync(cancellationToken);
        if (!flush.IsCompletedSuccessfully)
            return flush.AsTask();
        flush.GetAwaiter().GetResult();
        return Task.CompletedTask;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw OnlyAsynchronous();

    public override void Write(byte[] buffer, int offset, int count) => throw OnlyAsynchronous();

    public override void Flush() => throw OnlyAsynchronous();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private static NotSupportedException OnlyAsynchronous() => new("A link is read and written asynchronously.");
}
