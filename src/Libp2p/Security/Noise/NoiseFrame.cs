using System.Buffers;
using System.Buffers.Binary;

namespace Libp2p.Security.Noise;

/// <summary>The wire format of noise (noise/README.md, "Wire Format"): two bytes of length, big endian and unsigned, then the message.</summary>
internal static class NoiseFrame
{
    /// <summary>Bytes of the length.</summary>
    public const int HeaderLength = 2;

    /// <summary>The longest message.</summary>
    public const int MaxLength = ushort.MaxValue;

    /// <summary>The most plaintext that one message carries.</summary>
    public const int MaxPlaintext = MaxLength - NoiseCipher.TagLength;

    /// <summary>Bytes that a frame has beside its plaintext.</summary>
    public const int Overhead = HeaderLength + NoiseCipher.TagLength;

    /// <summary>Reads the length of the first frame; false where not even that is all there.</summary>
    public static bool TryReadLength(in ReadOnlySequence<byte> buffer, out int length)
    {
        length = 0;
        if (buffer.Length < HeaderLength)
            return false;
        var first = buffer.FirstSpan;
        if (first.Length >= HeaderLength)
        {
            length = BinaryPrimitives.ReadUInt16BigEndian(first);
            return true;
        }
        Span<byte> header = stackalloc byte[HeaderLength];
        buffer.Slice(0, HeaderLength).CopyTo(header);
        length = BinaryPrimitives.ReadUInt16BigEndian(header);
        return true;
    }

    /// <summary>Reads the length of the first frame; false where the frame is not all there.</summary>
    public static bool TryReadWhole(in ReadOnlySequence<byte> buffer, out int length) =>
        TryReadLength(buffer, out length) && buffer.Length >= HeaderLength + length;

    /// <summary>Writes the length.</summary>
    public static void WriteLength(Span<byte> frame, int length) => BinaryPrimitives.WriteUInt16BigEndian(frame, (ushort)length);
}
