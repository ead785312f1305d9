namespace Libp2p.Interop.Tests.Nodes;

/// <summary>The events of our node, from its making on. Each is handed out once: to the first waiter that wants it, or it is kept until somebody does.</summary>
sealed class NodeEvents
{
    readonly Lock _gate = new();
    readonly List<NodeEvent> _untaken = [];
    TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public NodeEvents(INode node) => Ended = WatchAsync(node.WatchAsync());

    /// <summary>Completes with the node's end.</summary>
    public Task Ended { get; }

    public IReadOnlyList<NodeEvent> Untaken
    {
        get
        {
            lock (_gate)
                return [.. _untaken];
        }
    }

    public async Task<T> TakeAsync<T>(Func<T, bool> wanted, CancellationToken cancellationToken)
        where T : NodeEvent
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                var index = _untaken.FindIndex(e => e is T candidate && wanted(candidate));
                if (index >= 0)
                {
                    var found = (T)_untaken[index];
                    _untaken.RemoveAt(index);
                    return found;
                }
                changed = _changed.Task;
            }
            try
            {
                await changed.WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException e)
            {
                throw new TimeoutException($"no {typeof(T).Name} in time; events that nobody took:\n{string.Join('\n', Untaken)}", e);
            }
        }
    }

    async Task WatchAsync(IAsyncEnumerable<NodeEvent> events)
    {
        await foreach (var happened in events)
        {
            lock (_gate)
            {
                _untaken.Add(happened);
                _changed.SetResult();
                _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }
}
