using System.Threading.Tasks.Sources;

namespace Libp2p.Muxers;

/// <summary>
/// The write pump: it gathers what is ready on all streams into one segment, and flushes when nothing more is ready or the
/// segment is full. Whoever finds it idle runs it on the spot, so a lone small write reaches the socket without a hop;
/// what others flush meanwhile rides in its next segment.
/// </summary>
internal abstract partial class MuxerConnection : IValueTaskSource
{
    /// <summary>Bytes that are gathered before a flush: four full Noise frames.</summary>
    private const int SegmentSize = 4 * 65_519;

    /// <summary>How many segments a thread that came to write its own data sends before another takes over.</summary>
    private const int SegmentsInline = 16;

    /// <summary>What <see cref="TakeFrame"/> returns where nothing can be sent.</summary>
    protected const int NoFrame = -1;

    private const long NotFlushing = -1;

    private ManualResetValueTaskSourceCore<bool> _work;
    private bool _isPumping = true;
    private bool _isWaitingForWork;
    private long _flushBegan = NotFlushing;
    private bool _isPumpOver;
    private volatile bool _isEnding;
    private TaskCompletionSource? _idle;

    /// <summary>What was gathered is on its way into the link, or hangs there.</summary>
    internal bool IsFlushing => Volatile.Read(ref _flushBegan) != NotFlushing;

    /// <summary>True where something waits that could be sent. Asked under <see cref="Gate"/>.</summary>
    protected abstract bool HasFrame { get; }

    /// <summary>Writes the next frame into the link's output, without a flush.</summary>
    /// <returns>Its bytes, 0 where it came to nothing, or <see cref="NoFrame"/>.</returns>
    protected abstract int TakeFrame();

    /// <summary>Makes sure that what is ready is sent, now or by the one who is sending already.</summary>
    protected void Pump()
    {
        lock (Gate)
        {
            if (_isPumping || !_isWaitingForWork)
                return;
            _isPumping = true;
            _isWaitingForWork = false;
        }
        _work.SetResult(true);
    }

    private async Task PumpLoopAsync()
    {
        var failure = await PumpToEndAsync().ConfigureAwait(false);
        Volatile.Write(ref _flushBegan, NotFlushing);
        lock (Gate)
        {
            _isPumpOver = true;
            _idle?.TrySetResult();
        }
        // Nobody else completes the output: its buffer may be on its way to the socket while another thread ends the session.
        Link.Output.Complete();
        _pumpEnded.TrySetResult();
        if (failure is null)
            return;
        // What has arrived is still worth reading, and the read loop may know better why the link is gone.
        await WithinFarewell(_readEnded.Task).ConfigureAwait(false);
        await EndAsync(failure).ConfigureAwait(false);
    }

    private async Task<CloseReason?> PumpToEndAsync()
    {
        try
        {
            var inline = 0;
            while (true)
            {
                if (!Gather())
                {
                    if (!TryRest(out var work))
                        continue;
                    if (_isEnding)
                        return null;
                    await work.ConfigureAwait(false);
                    inline = 0;
                    continue;
                }
                Volatile.Write(ref _flushBegan, Time.GetTimestamp());
                var flush = Link.Output.FlushAsync(CancellationToken.None);
                var waited = !flush.IsCompleted;
                var result = await flush.ConfigureAwait(false);
                Volatile.Write(ref _flushBegan, NotFlushing);
                if (result.IsCompleted)
                    return ExplainLoss("the other side reads no more");
                if (!waited && ++inline >= SegmentsInline)
                {
                    inline = 0;
                    await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                }
            }
        }
        catch (Exception e)
        {
            return Explain(e);
        }
    }

    /// <summary>Lets the pump end once nothing is ready any more.</summary>
    private void EndPump()
    {
        _isEnding = true;
        Pump();
    }

    /// <summary>Writes frames into the link's output until the segment is full or nothing is ready; false where nothing was.</summary>
    private bool Gather()
    {
        var gathered = 0;
        while (gathered < SegmentSize && TakeFrame() is not NoFrame and var size)
            gathered += size;
        return gathered > 0;
    }

    private bool TryRest(out ValueTask work)
    {
        lock (Gate)
        {
            if (HasFrame)
            {
                work = default;
                return false;
            }
            _work.Reset();
            _isPumping = false;
            _isWaitingForWork = true;
            _idle?.TrySetResult();
            work = new ValueTask(this, _work.Version);
            return true;
        }
    }

    void IValueTaskSource.GetResult(short token) => _work.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _work.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _work.OnCompleted(continuation, state, token, flags);
}
