using System.IO.Pipelines;

namespace Libp2p.Negotiation;

/// <summary>
/// A reader that reads the answer to a lazy proposal before it gives anything, once, whoever asks first. It is also where
/// bytes that were left unflushed are flushed, before anyone waits for an answer to them.
/// </summary>
/// <param name="inner">The pipe's own reader.</param>
/// <param name="proposed">What was proposed; null where only a flush is due.</param>
/// <param name="flush">Flushes what was left unflushed.</param>
/// <param name="time">The clock of the deadline.</param>
/// <param name="deadline">How long the answer may take once somebody waits for it; infinite where whoever waits ends the pipe itself.</param>
internal sealed class ConfirmingReader(
    PipeReader inner, ProtocolId? proposed, Func<CancellationToken, ValueTask> flush, TimeProvider time, TimeSpan deadline) : PipeReader
{
    private readonly Lock _gate = new();
    private Task? _confirmation;
    private volatile bool _isDone;
    private bool _isCompleted;

    /// <summary>Completes when the answer is here, and fails where it was a refusal. Starts the wait for it.</summary>
    public Task Confirmation
    {
        get
        {
            lock (_gate)
                return _confirmation ??= ConfirmAsync();
        }
    }

    /// <summary>True once there is nothing left to confirm or to flush.</summary>
    public bool IsDone => _isDone;

    /// <summary>The application has flushed, and with it what was left unflushed: where only that was due, all is done.</summary>
    public void Flushed()
    {
        if (proposed is null && !_isDone)
            End();
    }

    public override bool TryRead(out ReadResult result)
    {
        if (!IsConfirmed)
        {
            result = default;
            return false;
        }
        return inner.TryRead(out result);
    }

    /// <inheritdoc/>
    /// <remarks>Where nothing need be waited for but the data, the inner reader alone waits: an idle stream keeps nothing of its negotiation.</remarks>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (IsDone)
            return inner.ReadAsync(cancellationToken);
        if (IsConfirmed && inner.TryRead(out var ready))
            return new ValueTask<ReadResult>(ready);
        var confirmation = Confirmation;
        return confirmation.IsCompletedSuccessfully ? inner.ReadAsync(cancellationToken) : ConfirmAndReadAsync(confirmation, cancellationToken);
    }

    public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null)
    {
        lock (_gate)
        {
            // The answer still comes this way: reading ends after it.
            _isCompleted = true;
            if (!IsDone)
                return;
        }
        inner.Complete(exception);
    }

    private bool IsConfirmed => proposed is null || _isDone;

    private async ValueTask<ReadResult> ConfirmAndReadAsync(Task confirmation, CancellationToken cancellationToken)
    {
        await confirmation.WaitAsync(cancellationToken).ConfigureAwait(false);
        return await inner.ReadAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task ConfirmAsync()
    {
        using var timeout = new CancellationTokenSource(deadline, time);
        try
        {
            await FlushAsync(timeout.Token).ConfigureAwait(false);
            if (proposed is { } protocol)
                await MultistreamSelect.ConfirmAsync(inner, protocol, timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (timeout.IsCancellationRequested)
        {
            throw new Libp2pException(Libp2pError.Timeout, $"The peer did not answer the proposal of {proposed} within {deadline.TotalSeconds:0.#} s.", e);
        }
        End();
    }

    private void End()
    {
        lock (_gate)
        {
            _isDone = true;
            _confirmation = Task.CompletedTask; // The task of a negotiation that is over keeps its state alive.
            if (!_isCompleted)
                return;
        }
        inner.Complete();
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        try
        {
            await flush(cancellationToken).ConfigureAwait(false);
        }
        catch (StreamResetException e) when (e.ByRemote && proposed is not null)
        {
            // The answer may have come before the reset, and be a refusal: the reader tells.
        }
    }
}
