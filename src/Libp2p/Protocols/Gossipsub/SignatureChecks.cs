namespace Libp2p.Protocols.Gossipsub;

/// <summary>
/// Checks the signatures of one peer's messages: several at once, on the pool's threads, and hands on the results in the order in which the
/// messages came. Bounded: the peer is read from only while there is room.
/// </summary>
internal sealed class SignatureChecks(PeerId peer, int limit, Action<PeerId, GossipMessage, MessageRefusal> done)
{
    private readonly Lock _gate = new();
    private readonly Queue<Check> _checks = new();
    private TaskCompletionSource? _room;
    private bool _isHandingOn;

    public void Add(GossipMessage message)
    {
        var check = new Check(this, message);
        lock (_gate)
            _checks.Enqueue(check);
        ThreadPool.UnsafeQueueUserWorkItem(check, preferLocal: false);
    }

    /// <summary>Completes when there is room for another message.</summary>
    public Task WaitForRoomAsync()
    {
        lock (_gate)
        {
            if (_checks.Count < limit)
                return Task.CompletedTask;
            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task;
        }
    }

    /// <summary>Hands on the results at the head of the queue: one thread at a time, or the order would be lost.</summary>
    private void HandOn()
    {
        while (true)
        {
            Check? first;
            TaskCompletionSource? room = null;
            lock (_gate)
            {
                if (!_checks.TryPeek(out first) || first.Result is null)
                {
                    _isHandingOn = false;
                    return;
                }
                _checks.Dequeue();
                if (_checks.Count <= limit / 2)
                    (room, _room) = (_room, null);
            }
            room?.TrySetResult();
            done(peer, first.Message, first.Result.Value);
        }
    }

    private sealed class Check(SignatureChecks checks, GossipMessage message) : IThreadPoolWorkItem
    {
        public GossipMessage Message { get; } = message;

        public MessageRefusal? Result { get; private set; }

        public void Execute()
        {
            var result = MessageSignature.Verify(Message);
            lock (checks._gate)
            {
                Result = result;
                if (checks._isHandingOn)
                    return;
                checks._isHandingOn = true;
            }
            checks.HandOn();
        }
    }
}
