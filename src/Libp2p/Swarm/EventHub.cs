using System.Threading.Channels;

namespace Libp2p.Swarm;

/// <summary>Hands events to watchers, each with a bounded queue of its own: a slow one loses its oldest events and is told how many.</summary>
internal sealed class EventHub
{
    /// <summary>Events that wait for one watcher.</summary>
    private const int QueueLength = 1024;

    private readonly Lock _gate = new();
    private Watcher[] _watchers = [];
    private bool _closed;

    public void Publish(NodeEvent nodeEvent)
    {
        foreach (var watcher in Volatile.Read(ref _watchers))
            watcher.Offer(nodeEvent);
    }

    /// <summary>Watches from now on, not from the first <c>await foreach</c>.</summary>
    public IAsyncEnumerable<NodeEvent> Watch(CancellationToken cancellationToken)
    {
        var watcher = new Watcher(this, cancellationToken);
        lock (_gate)
        {
            if (_closed)
                watcher.End();
            else
                _watchers = [.. _watchers, watcher];
        }
        return watcher;
    }

    /// <summary>Ends every watch, after what waits has been read.</summary>
    public void Close()
    {
        lock (_gate)
            _closed = true;
        foreach (var watcher in Volatile.Read(ref _watchers))
            watcher.End();
    }

    private void Remove(Watcher watcher)
    {
        lock (_gate)
            _watchers = [.. _watchers.Where(w => w != watcher)];
    }

    private sealed class Watcher : IAsyncEnumerable<NodeEvent>
    {
        private readonly EventHub _hub;
        private readonly Channel<NodeEvent> _queue;
        private readonly CancellationTokenRegistration _registration;
        private int _missed;

        public Watcher(EventHub hub, CancellationToken cancellationToken)
        {
            _hub = hub;
            _queue = Channel.CreateBounded<NodeEvent>(
                new BoundedChannelOptions(QueueLength) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true },
                _ => Interlocked.Increment(ref _missed));
            _registration = cancellationToken.UnsafeRegister(static self => ((Watcher)self!).End(), this);
        }

        public void Offer(NodeEvent nodeEvent) => _queue.Writer.TryWrite(nodeEvent);

        public void End()
        {
            _queue.Writer.TryComplete();
            _hub.Remove(this);
        }

        public async IAsyncEnumerator<NodeEvent> GetAsyncEnumerator(CancellationToken cancellationToken = default)
        {
            try
            {
                while (await _queue.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    if (Interlocked.Exchange(ref _missed, 0) is > 0 and var missed)
                        yield return new EventsMissed(missed);
                    while (_queue.Reader.TryRead(out var nodeEvent))
                        yield return nodeEvent;
                }
            }
            finally
            {
                await _registration.DisposeAsync().ConfigureAwait(false);
                End();
            }
        }
    }
}
