using System.IO.Pipelines;

namespace Libp2p.Security;

/// <summary>
/// The flush that the handshake's last message still wants. Whichever comes first does it: the writer, whose own flush then
/// carries the message along, or the reader, before it waits for an answer that could not come otherwise.
/// </summary>
internal sealed class DeferredFlush
{
    private const int Pending = 0;
    private const int UnderWay = 1;
    private const int Settled = 2;

    private readonly PipeWriter _output;
    private readonly TaskCompletionSource? _flushed;
    private int _state;

    public DeferredFlush(PipeWriter output, bool isPending)
    {
        _output = output;
        _state = isPending ? Pending : Settled;
        if (isPending)
            _flushed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>True where nobody needs to care any more.</summary>
    public bool IsSettled => Volatile.Read(ref _state) == Settled;

    /// <summary>The writer begins to use the output. False while the reader flushes it: it must not be touched until <see cref="WaitAsync"/> is over.</summary>
    public bool TryTakeOver() => Interlocked.CompareExchange(ref _state, Settled, Pending) is Pending or Settled;

    /// <summary>The reader is about to wait: flushes, unless the writer took over.</summary>
    public Task FlushAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.CompareExchange(ref _state, UnderWay, Pending) == Pending)
            _ = FlushOutputAsync();
        return IsSettled ? Task.CompletedTask : WaitAsync(cancellationToken);
    }

    /// <summary>Waits for the reader's flush.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _flushed!.Task.WaitAsync(cancellationToken);

    // Not under anyone's token: a flush that is cancelled half-way would leave the output in the middle of a frame.
    private async Task FlushOutputAsync()
    {
        try
        {
            await _output.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            Volatile.Write(ref _state, Settled);
            _flushed!.SetResult();
        }
        catch (Exception e)
        {
            // It reaches whoever waits, now or later; a reader that gave up must not leave it unobserved.
            _flushed!.SetException(e);
            _ = _flushed.Task.Exception;
        }
    }
}
