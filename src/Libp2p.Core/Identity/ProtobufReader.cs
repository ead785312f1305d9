namespace Libp2p;

/// <summary>
/// Reads a protobuf message field by field without copying. A malformed message is a false, never an exception,
/// and nothing is allocated, so a declared length costs nothing.
/// </summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    public const int Varint = 0;
    public const int Fixed64 = 1;
    public const int LengthDelimited = 2;
    public const int Fixed32 = 5;

    const ulong MaxFieldNumber = (1u << 29) - 1;
    const int MaxVarintLength = 10;

    ReadOnlySpan<byte> _rest = message;

    public readonly bool AtEnd => _rest.IsEmpty;

    public bool TryReadTag(out int field, out int wireType)
    {
        field = 0;
        wireType = 0;
        if (!TryReadVarint(out var tag) || tag >> 3 is 0 or > MaxFieldNumber)
            return false;
        field = (int)(tag >> 3);
        wireType = (int)(tag & 7);
        return true;
    }

    public bool TryReadVarint(out ulong value)
    {
        value = 0;
        for (var i = 0; i < _rest.Length && i < MaxVarintLength; i++)
        {
            var part = _rest[i];
            // The tenth byte has room for one bit of the 64.
            if (i == MaxVarintLength - 1 && part > 1)
                return false;
            value |= (ulong)(part & 0x7f) << (7 * i);
            if (part < 0x80)
            {
                _rest = _rest[(i + 1)..];
                return true;
            }
        }
        return false;
    }

    public bool TryReadBytes(out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (!TryReadVarint(out var length) || length > (ulong)_rest.Length)
            return false;
        bytes = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return true;
    }

    /// <summary>Passes over a field that this version does not know. Groups, which no libp2p message has, are refused.</summary>
    public bool TrySkip(int wireType)
    {
        switch (wireType)
        {
            case Varint:
                return TryReadVarint(out _);
            case LengthDelimited:
                return TryReadBytes(out _);
            case Fixed64 or Fixed32:
                var length = wireType == Fixed64 ? 8 : 4;
                if (_rest.Length < length)
                    return false;
                _rest = _rest[length..];
                return true;
            default:
                return false;
        }
    }
}
