namespace Libp2p.Testing.Simulation;

/// <summary>
/// A node's way out into a network on an <see cref="EventQueue"/>: its flows share it fairly, a chunk of each in turn, as connections
/// of TCP do. What a flow has begun to send it sends to the end.
/// </summary>
/// <param name="queue">The time.</param>
/// <param name="bytesPerSecond">How much it carries; 0 for no limit.</param>
public sealed class Uplink(EventQueue queue, long bytesPerSecond)
{
    private const int Chunk = 16 * 1024;

    private readonly Queue<Flow> _ready = [];
    private bool _isBusy;

    /// <summary>All bytes that were sent.</summary>
    public long SentBytes { get; private set; }

    /// <summary>Opens a flow to a place that is so far away.</summary>
    public Flow Open(TimeSpan latency) => new(this, latency);

    private void Serve()
    {
        if (_isBusy || !_ready.TryDequeue(out var flow))
            return;
        _isBusy = true;
        var bytes = flow.TakeChunk();
        SentBytes += bytes;
        queue.After(bytesPerSecond == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds((double)bytes / bytesPerSecond), () =>
        {
            _isBusy = false;
            flow.EndChunk();
            Serve();
        });
    }

    /// <summary>What goes to one place, in order.</summary>
    public sealed class Flow
    {
        private readonly Uplink _uplink;
        private readonly LinkedList<Item> _items = [];
        private readonly TimeSpan _latency;
        private int _left;
        private bool _isReady;

        internal Flow(Uplink uplink, TimeSpan latency)
        {
            _uplink = uplink;
            _latency = latency;
        }

        /// <summary>Bytes that wait, those of what is being sent among them.</summary>
        public long WaitingBytes { get; private set; }

        /// <summary>Whether it is closed: nothing is sent or arrives any more.</summary>
        public bool IsClosed { get; private set; }

        /// <summary>Sends so many bytes, behind what waits.</summary>
        /// <param name="bytes">How many, at least 1.</param>
        /// <param name="arrived">What happens when they are there.</param>
        /// <param name="tag">What <see cref="Cancel"/> finds it by.</param>
        public void Send(int bytes, Action arrived, object? tag = null)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytes);
            if (IsClosed)
                return;
            _items.AddLast(new Item(bytes, arrived, tag));
            WaitingBytes += bytes;
            MakeReady();
        }

        /// <summary>Takes back what waits and has not begun to be sent; false where there is none.</summary>
        public bool Cancel(object tag)
        {
            for (var node = _items.First; node is not null; node = node.Next)
            {
                if (!Equals(node.Value.Tag, tag) || (node == _items.First && (_left > 0 || _isReady)))
                    continue;
                WaitingBytes -= node.Value.Bytes;
                _items.Remove(node);
                return true;
            }
            return false;
        }

        /// <summary>Ends it; what is under way is lost.</summary>
        public void Close()
        {
            IsClosed = true;
            _items.Clear();
            WaitingBytes = 0;
        }

        internal int TakeChunk()
        {
            if (_items.First is not { } first)
                return 0;
            if (_left == 0)
                _left = first.Value.Bytes;
            var bytes = Math.Min(_left, Chunk);
            _left -= bytes;
            return bytes;
        }

        internal void EndChunk()
        {
            _isReady = false;
            if (IsClosed || _items.First is not { } first)
                return;
            if (_left == 0)
            {
                _items.RemoveFirst();
                WaitingBytes -= first.Value.Bytes;
                var arrived = first.Value.Arrived;
                _uplink.Arrive(this, _latency, arrived);
            }
            if (_items.Count > 0)
                MakeReady();
        }

        private void MakeReady()
        {
            if (_isReady)
                return;
            _isReady = true;
            _uplink._ready.Enqueue(this);
            _uplink.Serve();
        }

        private readonly record struct Item(int Bytes, Action Arrived, object? Tag);
    }

    private void Arrive(Flow flow, TimeSpan latency, Action arrived) => queue.After(latency, () =>
    {
        if (!flow.IsClosed)
            arrived();
    });
}
