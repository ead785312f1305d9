namespace Libp2p.Swarm;

/// <summary>So many attempts at once, the others in the order in which they came.</summary>
internal sealed class AttemptSlots(int capacity)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<TaskCompletionSource> _waiting = [];
    private int _free = capacity;

    /// <summary>Takes a slot, when its turn comes; <see cref="Leave"/> gives it back.</summary>
    /// <exception cref="OperationCanceledException">The turn did not come before; no slot is held.</exception>
    public Task EnterAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return Task.FromCanceled(cancellationToken);
        LinkedListNode<TaskCompletionSource> node;
        lock (_lock)
        {
            if (_free > 0)
            {
                _free--;
                return Task.CompletedTask;
            }
            node = _waiting.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }
        return WaitAsync(node, cancellationToken);
    }

    /// <summary>Gives a slot back, to the one that waits longest.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            if (_waiting.First is { } first)
            {
                _waiting.RemoveFirst();
                first.Value.SetResult();
            }
            else
            {
                _free++;
            }
        }
    }

    private async Task WaitAsync(LinkedListNode<TaskCompletionSource> node, CancellationToken cancellationToken)
    {
        await using (cancellationToken.UnsafeRegister(_ => Withdraw(node, cancellationToken), null).ConfigureAwait(false))
            await node.Value.Task.ConfigureAwait(false);
    }

    private void Withdraw(LinkedListNode<TaskCompletionSource> node, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            // Once a slot was given it is held, cancelled or not: the holder gives it back.
            if (node.List is null)
                return;
            _waiting.Remove(node);
            node.Value.SetCanceled(cancellationToken);
        }
    }
}
