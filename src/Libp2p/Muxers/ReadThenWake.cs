using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Libp2p.Muxers;

/// <summary>
/// Waits for more from a link. Once that wait has begun, the reader of what was read before goes on on this very thread, which would
/// have nothing else to do: to wake another for it costs more than most answers take.
/// </summary>
/// <remarks>
/// From then on the loop that waits goes on on any other thread, however long the reader keeps this one. Where more is there already,
/// the loop goes on at once, and the reader elsewhere.
/// </remarks>
/// <param name="read">The read that has begun.</param>
/// <param name="connection">Whose loop it is. Not the reader itself: an idle connection would keep the last stream that it had.</param>
internal readonly struct ReadThenWake(ValueTask<ReadResult> read, MuxerConnection connection) : ICriticalNotifyCompletion
{
    private readonly ConfiguredValueTaskAwaitable<ReadResult>.ConfiguredValueTaskAwaiter _read = read.ConfigureAwait(false).GetAwaiter();

    public bool IsCompleted
    {
        get
        {
            if (!_read.IsCompleted)
                return false;
            connection.TakeToWake()?.Wake();
            return true;
        }
    }

    public ReadThenWake GetAwaiter() => this;

#pragma warning disable VSTHRD002 // It is asked once the wait is over.
    public ReadResult GetResult() => _read.GetResult();
#pragma warning restore VSTHRD002

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation)
    {
        // Taken before: from the next line on the loop may be under way again.
        var reader = connection.TakeToWake();
        _read.UnsafeOnCompleted(continuation);
        reader?.WakeHere();
    }
}
