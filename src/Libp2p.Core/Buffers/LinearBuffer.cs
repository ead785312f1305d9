using System.Buffers;

namespace Libp2p;

/// <summary>
/// One contiguous window of bytes over a rented buffer: written at its end, consumed at its start, moved to the front or to
/// a larger buffer when room runs out, and given back to the pool as soon as it is empty, so that an idle connection holds
/// none. A mutable struct: keep it in a field, never copy it. Not safe for concurrent use.
/// </summary>
/// <param name="pool">Where the bytes come from.</param>
/// <param name="limit">The most bytes it may ever hold.</param>
public struct LinearBuffer(MemoryPool<byte> pool, int limit)
{
    private IMemoryOwner<byte>? _owner;
    private int _start;
    private int _end;

    /// <summary>Bytes that wait to be consumed.</summary>
    public readonly int Length => _end - _start;

    /// <summary>True while a buffer is rented.</summary>
    public readonly bool IsRented => _owner is not null;

    /// <summary>The bytes that wait to be consumed.</summary>
    public readonly Memory<byte> Filled => _owner is null ? default : _owner.Memory[_start.._end];

    /// <summary>Bytes that can be written without moving anything.</summary>
    public readonly int Room => _owner is null ? 0 : _owner.Memory.Length - _end;

    /// <summary>Gives room for at least <paramref name="minimum"/> bytes after the last.</summary>
    /// <param name="minimum">Bytes needed at once.</param>
    /// <param name="preferred">The size to rent where nothing is rented yet.</param>
    /// <exception cref="InvalidOperationException">It would hold more than its limit.</exception>
    public Memory<byte> GetRoom(int minimum, int preferred)
    {
        minimum = Math.Max(minimum, 1);
        if (_owner is null)
        {
            _owner = pool.Rent(Math.Max(minimum, preferred));
            _start = _end = 0;
        }
        else if (_owner.Memory.Length - _end < minimum)
        {
            MakeRoom(minimum);
        }
        return _owner.Memory[_end..];
    }

    /// <summary>Counts bytes that were written into the room.</summary>
    public void Append(int count)
    {
        if ((uint)count > (uint)Room)
            throw new ArgumentOutOfRangeException(nameof(count), "More bytes were written than there was room for.");
        _end += count;
    }

    /// <summary>Drops bytes from the start.</summary>
    public void Consume(int count)
    {
        if ((uint)count > (uint)Length)
            throw new ArgumentOutOfRangeException(nameof(count), "More bytes were consumed than were there.");
        _start += count;
    }

    /// <summary>Returns the buffer to the pool where nothing waits in it.</summary>
    public void ReleaseIfEmpty()
    {
        if (_start == _end)
            Release();
    }

    /// <summary>Returns the buffer to the pool, whatever waits in it.</summary>
    public void Release()
    {
        _owner?.Dispose();
        _owner = null;
        _start = _end = 0;
    }

    private void MakeRoom(int minimum)
    {
        var length = Length;
        if (length + (long)minimum > limit)
            throw new InvalidOperationException($"A buffer of at most {limit} bytes cannot take {minimum} more beside the {length} it holds.");
        var current = _owner!;
        if (length + minimum <= current.Memory.Length)
        {
            Filled.Span.CopyTo(current.Memory.Span);
        }
        else
        {
            var larger = pool.Rent(Math.Min(limit, Math.Max(length + minimum, current.Memory.Length * 2)));
            Filled.Span.CopyTo(larger.Memory.Span);
            current.Dispose();
            _owner = larger;
        }
        _start = 0;
        _end = length;
    }
}
