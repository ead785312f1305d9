namespace Libp2p.Protocols.Gossipsub;

/// <summary>What waits for one reader of a topic. Bounded: the oldest is dropped, and the next one tells how many are missing before it.</summary>
internal sealed class PubsubSubscription(string topic, int capacity, Action<PubsubSubscription> left) : IPubsubSubscription
{
    private readonly Lock _gate = new();
    private readonly Queue<PubsubMessage> _messages = new();
    private TaskCompletionSource? _waiting;
    private long _missedBefore;
    private long _missed;
    private bool _isDisposed;

    public string Topic { get; } = topic;

    public long Missed => Volatile.Read(ref _missed);

    /// <summary>Adds a message; true where a reader waits for one, who is then to be woken.</summary>
    public bool Offer(PubsubMessage message)
    {
        lock (_gate)
        {
            if (_isDisposed)
                return false;
            if (_messages.Count >= capacity)
            {
                _messages.Dequeue();
                _missedBefore++;
                Volatile.Write(ref _missed, _missed + 1);
            }
            _messages.Enqueue(message);
            return _waiting is not null;
        }
    }

    /// <summary>Wakes the reader: for each message alone it would cost more than the message.</summary>
    public void Wake()
    {
        TaskCompletionSource? waiting;
        lock (_gate)
            (waiting, _waiting) = (_waiting, null);
        waiting?.TrySetResult();
    }

    public async IAsyncEnumerator<PubsubMessage> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            PubsubMessage? message;
            Task waiting = Task.CompletedTask;
            lock (_gate)
            {
                if (_messages.TryDequeue(out message))
                {
                    if (_missedBefore > 0)
                        message = message.AfterMissing(_missedBefore);
                    _missedBefore = 0;
                }
                else if (_isDisposed)
                {
                    yield break;
                }
                else
                {
                    if (_waiting is not null)
                        throw new InvalidOperationException("A subscription has one reader at a time.");
                    _waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    waiting = _waiting.Task;
                }
            }
            if (message is not null)
            {
                yield return message;
                continue;
            }
            try
            {
                await waiting.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                lock (_gate)
                {
                    if (_waiting?.Task == waiting)
                        _waiting = null;
                }
            }
        }
    }

    /// <summary>Ends it: what waits can still be read.</summary>
    public void Dispose()
    {
        TaskCompletionSource? waiting;
        lock (_gate)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
            (waiting, _waiting) = (_waiting, null);
        }
        waiting?.TrySetResult();
        left(this);
    }
}
