using System.Numerics;

namespace Libp2p;

/// <summary>Writes protobuf fields into a buffer whose size the caller has computed with the length functions beside.</summary>
internal ref struct ProtobufWriter(Span<byte> destination)
{
    readonly Span<byte> _destination = destination;

    public int Written { get; private set; }

    public static int VarintLength(ulong value) => (BitOperations.Log2(value | 1) / 7) + 1;

    /// <summary>The size of a length-delimited field whose number is below 16.</summary>
    public static int FieldLength(int contentLength) => 1 + VarintLength((ulong)contentLength) + contentLength;

    public void WriteVarint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            _destination[Written++] = (byte)(value | 0x80);
        _destination[Written++] = (byte)value;
    }

    public void WriteBytes(ReadOnlySpan<byte> content)
    {
        content.CopyTo(_destination[Written..]);
        Written += content.Length;
    }

    public void WriteVarintField(int field, ulong value)
    {
        WriteVarint((ulong)(field << 3 | ProtobufReader.Varint));
        WriteVarint(value);
    }

    public void WriteFieldHeader(int field, int contentLength)
    {
        WriteVarint((ulong)(field << 3 | ProtobufReader.LengthDelimited));
        WriteVarint((ulong)contentLength);
    }

    public void WriteBytesField(int field, ReadOnlySpan<byte> content)
    {
        WriteFieldHeader(field, content.Length);
        WriteBytes(content);
    }
}
