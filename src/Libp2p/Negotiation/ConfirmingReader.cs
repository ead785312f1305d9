using System.IO.Pipelines;

namespace Libp2p.Negotiation;

/// <summary>
/// A reader that reads the answer to a lazy proposal before it gives anything, once, whoever asks first. It is also where
/// bytes that were left unflushed are flushed, before anyone waits for an answer to them.
/// </summary>
internal sealed class ConfirmingReader(PipeReader inner, ProtocolId? proposed, Func<CancellationToken, ValueTask> flush) : PipeReader
{
    private readonly Lock _gate = new();
    private Task? _confirmation;
    private bool _isFlushed;

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
    public bool IsDone => _isFlushed && (_confirmation?.IsCompletedSuccessfully ?? false);

    public override bool TryRead(out ReadResult result)
    {
        if (!IsConfirmed)
        {
            result = default;
            return false;
        }
        return inner.TryRead(out result);
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        IsDone ? inner.ReadAsync(cancellationToken) : ConfirmAndReadAsync(cancellationToken);

    public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    private bool IsConfirmed => proposed is null || (_confirmation?.IsCompletedSuccessfully ?? false);

    private async ValueTask<ReadResult> ConfirmAndReadAsync(CancellationToken cancellationToken)
    {
        if (IsConfirmed && inner.TryRead(out var ready))
            return ready;
        await Confirmation.WaitAsync(cancellationToken).ConfigureAwait(false);
        return await inner.ReadAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task ConfirmAsync()
    {
        await flush(CancellationToken.None).ConfigureAwait(false);
        _isFlushed = true;
        if (proposed is { } protocol)
            await MultistreamSelect.ConfirmAsync(inner, protocol, CancellationToken.None).ConfigureAwait(false);
    }
}
