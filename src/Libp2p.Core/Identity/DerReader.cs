namespace Libp2p;

/// <summary>
/// Reads DER strictly: one encoding for each value, definite lengths in the fewest bytes. What is merely BER is a false.
/// Lengths above 65,535 are refused; no key or signature comes near them.
/// </summary>
internal ref struct DerReader(ReadOnlySpan<byte> der)
{
    public const byte Boolean = 0x01;
    public const byte Integer = 0x02;
    public const byte BitString = 0x03;
    public const byte OctetString = 0x04;
    public const byte ObjectIdentifier = 0x06;
    public const byte UtcTime = 0x17;
    public const byte GeneralizedTime = 0x18;
    public const byte Sequence = 0x30;
    public const byte Context0 = 0xa0;
    public const byte Context1 = 0xa1;
    public const byte Context3 = 0xa3;

    ReadOnlySpan<byte> _rest = der;

    public readonly bool AtEnd => _rest.IsEmpty;

    public readonly bool IsNext(byte tag) => !_rest.IsEmpty && _rest[0] == tag;

    public bool TryRead(byte tag, out ReadOnlySpan<byte> content)
    {
        content = default;
        if (_rest.Length < 2 || _rest[0] != tag)
            return false;
        int length = _rest[1];
        var header = 2;
        if (length == 0x81 && _rest.Length >= 3 && _rest[2] >= 0x80)
        {
            length = _rest[2];
            header = 3;
        }
        else if (length == 0x82 && _rest.Length >= 4 && _rest[2] != 0)
        {
            length = (_rest[2] << 8) | _rest[3];
            header = 4;
        }
        else if (length >= 0x80)
        {
            return false;
        }
        if (length > _rest.Length - header)
            return false;
        content = _rest.Slice(header, length);
        _rest = _rest[(header + length)..];
        return true;
    }

    /// <summary>Reads a value with its tag and its length, as it is signed or hashed.</summary>
    public bool TryReadEncoded(byte tag, out ReadOnlySpan<byte> encoded)
    {
        var before = _rest;
        var isRead = TryRead(tag, out _);
        encoded = isRead ? before[..^_rest.Length] : default;
        return isRead;
    }

    /// <summary>Reads an INTEGER that is not negative, big-endian without leading zeros (zero itself is one zero byte).</summary>
    public bool TryReadUnsigned(out ReadOnlySpan<byte> magnitude)
    {
        if (!TryRead(Integer, out magnitude) || magnitude.IsEmpty || magnitude[0] >= 0x80)
            return false;
        if (magnitude[0] != 0 || magnitude.Length == 1)
            return true;
        magnitude = magnitude[1..];
        return magnitude[0] >= 0x80;
    }
}
