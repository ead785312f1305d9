using System.Buffers;

namespace Libp2p;

/// <summary>
/// A queue of bytes in rented blocks: appended by copy at its end, read as one sequence, consumed at its start. It rents
/// blocks as large as what arrives and holds none while it is empty. Not safe for concurrent use.
/// </summary>
public sealed class BlockQueue(MemoryPool<byte> pool)
{
    // Small arrivals share a block of this size; larger ones get a block of their own, up to the largest.
    private const int SmallBlock = 1024;
    private const int LargeBlock = 65 * 1024;

    // Emptied blocks that are kept for the next arrivals: without memory they are a few words each.
    private const int MaxSpares = 8;

    private Block? _first;
    private Block? _last;
    private Block? _spare;
    private int _spares;
    private int _start;

    /// <summary>Bytes that wait.</summary>
    public long Length { get; private set; }

    /// <summary>Bytes that are rented for what waits: what a hostile peer's tiny pieces really cost.</summary>
    public long RentedLength { get; private set; }

    /// <summary>All that waits; valid until the next <see cref="Consume"/>.</summary>
    public ReadOnlySequence<byte> Bytes =>
        _first is null ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(_first, _start, _last!, _last!.Used);

    /// <summary>Copies bytes to the end.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        Length += bytes.Length;
        while (!bytes.IsEmpty)
        {
            if (_last is null || _last.Free.IsEmpty)
                AddBlock(bytes.Length);
            var free = _last!.Free.Span;
            var count = Math.Min(free.Length, bytes.Length);
            bytes[..count].CopyTo(free);
            _last.Append(count);
            bytes = bytes[count..];
        }
    }

    /// <summary>Drops bytes from the start.</summary>
    public void Consume(long count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((ulong)count, (ulong)Length, nameof(count));
        Length -= count;
        while (_first is { } block)
        {
            var here = block.Used - _start;
            if (count < here)
            {
                _start += (int)count;
                return;
            }
            count -= here;
            _start = 0;
            RentedLength -= block.Capacity;
            _first = block.NextBlock;
            block.Return();
            if (_spares == MaxSpares)
                continue;
            if (_spare is not null)
                block.Link(_spare);
            _spare = block;
            _spares++;
        }
        _last = null;
    }

    /// <summary>Drops everything.</summary>
    public void Clear()
    {
        Consume(Length);
        _spare = null;
        _spares = 0;
    }

    private void AddBlock(int wanted)
    {
        var block = _spare;
        if (block is null)
        {
            block = new Block();
        }
        else
        {
            _spare = block.NextBlock;
            _spares--;
        }
        var capacity = wanted <= SmallBlock && _last is null ? SmallBlock : Math.Min(Math.Max(wanted, 4 * SmallBlock), LargeBlock);
        block.Rent(pool, capacity, _last is null ? 0 : _last.RunningIndex + _last.Used);
        RentedLength += block.Capacity;
        if (_last is null)
        {
            _first = block;
            _start = 0;
        }
        else
        {
            _last.Link(block);
        }
        _last = block;
    }

    private sealed class Block : ReadOnlySequenceSegment<byte>
    {
        private IMemoryOwner<byte>? _owner;

        public int Used { get; private set; }

        public int Capacity => Memory.Length;

        public Memory<byte> Free => _owner!.Memory[Used..];

        public Block? NextBlock => (Block?)Next;

        public void Rent(MemoryPool<byte> pool, int capacity, long runningIndex)
        {
            _owner = pool.Rent(capacity);
            Memory = _owner.Memory;
            RunningIndex = runningIndex;
            Used = 0;
            Next = null;
        }

        public void Append(int count) => Used += count;

        public void Link(Block next) => Next = next;

        public void Return()
        {
            _owner!.Dispose();
            _owner = null;
            Memory = default;
            Next = null;
        }
    }
}
