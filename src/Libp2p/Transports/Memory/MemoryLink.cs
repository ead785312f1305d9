using System.Buffers;
using System.IO.Pipelines;

namespace Libp2p.Transports.Memory;

/// <summary>One end of a link within the process: two pipes, joined crosswise with those of the other end.</summary>
public sealed class MemoryLink : Link
{
    private readonly MemoryReader _reader;
    private readonly MemoryWriter _writer;
    private MemoryLink? _other;
    private Exception? _failure;

    private MemoryLink(PipeReader input, PipeWriter output, Multiaddress local, Multiaddress remote, MemoryPool<byte> pool)
    {
        _reader = new MemoryReader(this, input);
        _writer = new MemoryWriter(this, output);
        LocalAddress = local;
        RemoteAddress = remote;
        Pool = pool;
    }

    /// <inheritdoc/>
    public override PipeReader Input => _reader;

    /// <inheritdoc/>
    public override PipeWriter Output => _writer;

    /// <inheritdoc/>
    public override Multiaddress LocalAddress { get; }

    /// <inheritdoc/>
    public override Multiaddress RemoteAddress { get; }

    /// <inheritdoc/>
    public override MemoryPool<byte> Pool { get; }

    /// <inheritdoc/>
    public override long? BytesReceived => _other!._writer.Sent;

    /// <inheritdoc/>
    public override long? BytesSent => _writer.Sent;

    /// <summary>What reads and writes fail with; null while the link is whole.</summary>
    internal Exception? Failure => Volatile.Read(ref _failure);

    /// <summary>Makes two links that are each other's other side.</summary>
    /// <param name="dialer">The address of the side that dialled.</param>
    /// <param name="listener">The address of the side that was dialled.</param>
    /// <param name="dialerPool">The dialler's pool; what it sends is held in it.</param>
    /// <param name="listenerPool">The listener's pool; what it sends is held in it.</param>
    /// <param name="options">Null for the defaults.</param>
    public static (MemoryLink Dialer, MemoryLink Listener) CreatePair(
        Multiaddress dialer, Multiaddress listener, MemoryPool<byte> dialerPool, MemoryPool<byte> listenerPool, MemoryOptions? options = null)
    {
        options ??= new MemoryOptions();
        options.Validate();
        var toListener = CreatePipe(dialerPool, options);
        var toDialer = CreatePipe(listenerPool, options);
        var atDialer = new MemoryLink(toDialer.Reader, toListener.Writer, dialer, listener, dialerPool);
        var atListener = new MemoryLink(toListener.Reader, toDialer.Writer, listener, dialer, listenerPool);
        atDialer._other = atListener;
        atListener._other = atDialer;
        return (atDialer, atListener);
    }

    /// <summary>Ends both directions at once; the other side sees a reset.</summary>
    /// <param name="reason">What pending and later reads and writes fail with.</param>
    public override void Abort(Exception? reason = null)
    {
        if (!TrySetFailure(reason ?? Closed()))
            return;
        // Both have failed before either wakes: whoever wakes first may complete its end, which must not look like one in good order.
        var isReset = _other!.TrySetFailure(new Libp2pException(Libp2pError.ConnectionClosed, "the connection was reset by the other side"));
        WakeAll();
        if (isReset)
            _other.WakeAll();
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        if (TrySetFailure(Closed()))
            WakeAll();
        _writer.Complete();
        _reader.Complete();
        return ValueTask.CompletedTask;
    }

    internal static Libp2pException Closed() => new(Libp2pError.ConnectionClosed, "the connection is closed");

    internal void ThrowIfFailed()
    {
        if (Failure is { } failure)
            throw failure;
    }

    private bool TrySetFailure(Exception failure) => Interlocked.CompareExchange(ref _failure, failure, null) is null;

    // Completing a pipe while somebody uses it would return memory that is in use: a failure only wakes who waits.
    private void WakeAll()
    {
        _reader.CancelPendingRead();
        _writer.CancelPendingFlush();
    }

    private static Pipe CreatePipe(MemoryPool<byte> pool, MemoryOptions options) => new(new PipeOptions(
        pool,
        PipeScheduler.ThreadPool,
        PipeScheduler.ThreadPool,
        options.PauseThreshold,
        options.PauseThreshold / 2,
        minimumSegmentSize: 4096,
        useSynchronizationContext: false));
}
