using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Libp2p;

/// <summary>Reads the pieces of a DNS message, bounded by the end of the message, or of a record in it. What does not fit is a false.</summary>
internal ref struct DnsReader(ReadOnlySpan<byte> message, int position, int end)
{
    private const int HeaderBytes = 12;
    private const byte PointerBits = 0xc0;

    private readonly ReadOnlySpan<byte> _message = message;
    private readonly int _end = end;

    public int Position { get; private set; } = position;

    public readonly bool AtEnd => Position == _end;

    public readonly ReadOnlySpan<byte> Rest => _message[Position.._end];

    public bool TryReadByte(out byte value)
    {
        value = 0;
        if (Position >= _end)
            return false;
        value = _message[Position++];
        return true;
    }

    public bool TryReadUInt16(out ushort value)
    {
        value = 0;
        if (_end - Position < 2)
            return false;
        value = BinaryPrimitives.ReadUInt16BigEndian(_message[Position..]);
        Position += 2;
        return true;
    }

    public bool TryReadUInt32(out uint value)
    {
        value = 0;
        if (_end - Position < 4)
            return false;
        value = BinaryPrimitives.ReadUInt32BigEndian(_message[Position..]);
        Position += 4;
        return true;
    }

    public bool TryReadBytes(int count, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (count > _end - Position)
            return false;
        bytes = _message.Slice(Position, count);
        Position += count;
        return true;
    }

    /// <summary>
    /// Reads a name. Where it goes on elsewhere (RFC 1035, section 4.1.4), that place must lie before every one that the name was
    /// read from so far, so that no name can lead in a circle.
    /// </summary>
    public bool TryReadName([NotNullWhen(true)] out DnsName? name)
    {
        Span<byte> wire = stackalloc byte[DnsName.MaxBytes];
        var length = 0;
        var (at, lowest, limit) = (Position, Position, _end);
        int? next = null;
        name = null;
        while (at < limit)
        {
            int b = _message[at];
            if ((b & PointerBits) == PointerBits)
            {
                if (at + 1 >= limit)
                    return false;
                var target = ((b & ~PointerBits) << 8) | _message[at + 1];
                next ??= at + 2;
                if (target >= lowest || target < HeaderBytes)
                    return false;
                at = lowest = target;
                limit = _message.Length;
                continue;
            }
            if ((b & PointerBits) != 0 || b >= limit - at || length + 1 + b > wire.Length)
                return false;
            _message.Slice(at, 1 + b).CopyTo(wire[length..]);
            length += 1 + b;
            at += 1 + b;
            if (b != 0)
                continue;
            Position = next ?? at;
            name = DnsName.FromWire(wire[..length]);
            return true;
        }
        return false;
    }
}
