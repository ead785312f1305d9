using System.Buffers;

namespace Libp2p;

/// <summary>
/// The one pool of a node's byte buffers. It hands out arrays of a few fixed sizes and takes back the very object that
/// it handed out, so that renting costs no allocation once the node is warm.
/// </summary>
/// <remarks>
/// What it keeps is bounded for each size (<see cref="RetainedBytesPerSize"/>), and what lay unused since the last
/// <see cref="Trim"/> goes to the garbage collector at the next: the node trims every ten seconds. Disposing a buffer twice is a defect of the caller that the pool cannot always see.
/// </remarks>
public sealed class BufferPool : MemoryPool<byte>
{
    /// <summary>The largest number of unused bytes kept for each size.</summary>
    public const int RetainedBytesPerSize = 32 * 1024 * 1024;

    // A little above the powers of two, so that four sealed Noise frames (4 × 65,537 bytes) fit in one buffer.
    private static readonly int[] Sizes = [1024, 4096, 16 * 1024, 65 * 1024, 257 * 1024, 1028 * 1024];

    private readonly Shelf[] _shelves;
    private long _rented;

    /// <summary>Creates an empty pool.</summary>
    public BufferPool() => _shelves = Array.ConvertAll(Sizes, size => new Shelf(this, size));

    /// <inheritdoc/>
    public override int MaxBufferSize => Array.MaxLength;

    /// <summary>Bytes that are out at this moment; back to its baseline once every connection has ended.</summary>
    public long RentedBytes => Volatile.Read(ref _rented);

    /// <summary>Rents a buffer of at least the given size; its content is whatever was there.</summary>
    /// <param name="minBufferSize">Bytes needed, or −1 for 4 KiB.</param>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        if (minBufferSize == -1)
            minBufferSize = 4096;
        ArgumentOutOfRangeException.ThrowIfNegative(minBufferSize);
        foreach (var shelf in _shelves)
        {
            if (minBufferSize <= shelf.Size)
                return shelf.Take();
        }
        return new Shelf(this, minBufferSize).Take();
    }

    /// <summary>Lets go of the buffers that nobody needed since the last call.</summary>
    public void Trim()
    {
        foreach (var shelf in _shelves)
            shelf.Trim();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        foreach (var shelf in _shelves)
            shelf.Clear();
    }

    private sealed class Shelf(BufferPool pool, int size)
    {
        private readonly int _capacity = Math.Max(4, RetainedBytesPerSize / size);
        private readonly Stack<Block> _free = new();
        private int _unused;

        public int Size => size;

        public Block Take()
        {
            Interlocked.Add(ref pool._rented, size);
            lock (_free)
            {
                if (_free.TryPop(out var block))
                {
                    _unused = Math.Min(_unused, _free.Count);
                    block.IsOut = true;
                    return block;
                }
            }
            return new Block(this) { IsOut = true };
        }

        public void Return(Block block)
        {
            lock (_free)
            {
                if (!block.IsOut)
                    throw new InvalidOperationException("The buffer was returned twice.");
                block.IsOut = false;
                if (_free.Count < _capacity)
                    _free.Push(block);
            }
            Interlocked.Add(ref pool._rented, -size);
        }

        public void Clear()
        {
            lock (_free)
                _free.Clear();
        }

        public void Trim()
        {
            lock (_free)
            {
                // The fewest that lay free at any moment since the last time were not needed once.
                for (var i = Math.Min(_unused, _free.Count); i > 0; i--)
                    _free.Pop();
                _unused = _free.Count;
            }
        }
    }

    private sealed class Block(Shelf shelf) : IMemoryOwner<byte>
    {
        private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(shelf.Size);

        public bool IsOut;

        public Memory<byte> Memory => _bytes;

        public void Dispose() => shelf.Return(this);
    }
}
