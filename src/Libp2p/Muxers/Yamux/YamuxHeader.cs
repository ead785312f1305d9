using System.Buffers.Binary;

namespace Libp2p.Muxers.Yamux;

/// <summary>What a frame is.</summary>
internal enum YamuxType : byte
{
    Data = 0,
    WindowUpdate = 1,
    Ping = 2,
    GoAway = 3,
}

/// <summary>What a frame says beside its type.</summary>
[Flags]
internal enum YamuxFlags : ushort
{
    None = 0,
    Syn = 1,
    Ack = 2,
    Fin = 4,
    Rst = 8,
}

/// <summary>Why a session ends, on the wire.</summary>
internal enum YamuxGoAway : uint
{
    Normal = 0,
    ProtocolError = 1,
    InternalError = 2,
}

/// <summary>The codec of the 12 bytes before every frame (yamux specification, "Framing"): version, type, flags, stream, length, big-endian.</summary>
/// <param name="Type">What the frame is.</param>
/// <param name="Flags">What it says beside.</param>
/// <param name="StreamId">Which stream; 0 for the session.</param>
/// <param name="Length">Bytes that follow, or the window's growth, or the ping's value, or the reason.</param>
internal readonly record struct YamuxHeader(YamuxType Type, YamuxFlags Flags, uint StreamId, uint Length)
{
    public const int Size = 12;

    private const byte Version = 0;

    public bool Has(YamuxFlags flag) => (Flags & flag) != 0;

    /// <summary>Reads a header; false, with the reason, for a version or a type that does not exist.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out YamuxHeader header, out string? error)
    {
        header = new YamuxHeader(
            (YamuxType)bytes[1],
            (YamuxFlags)BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]));
        error = bytes[0] != Version ? $"yamux version {bytes[0]} is not known"
            : bytes[1] > (byte)YamuxType.GoAway ? $"yamux frame type {bytes[1]} is not known"
            : null;
        return error is null;
    }

    public void Write(Span<byte> destination)
    {
        destination[0] = Version;
        destination[1] = (byte)Type;
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)Flags);
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], StreamId);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], Length);
    }
}
