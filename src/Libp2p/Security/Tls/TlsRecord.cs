using System.Buffers;
using System.Buffers.Binary;

namespace Libp2p.Security.Tls;

/// <summary>The record layer's framing (RFC 8446 §5.1): a type, a version that means nothing any more, a length, the fragment.</summary>
internal static class TlsRecord
{
    /// <summary>Bytes before the fragment.</summary>
    public const int HeaderLength = 5;

    /// <summary>The most plaintext of one record.</summary>
    public const int MaxPlaintext = 16 * 1024;

    /// <summary>The longest fragment (§5.2).</summary>
    public const int MaxFragment = MaxPlaintext + 256;

    private const byte FirstType = 20;
    private const byte LastType = 23;
    private const byte MajorVersion = 3;

    /// <summary>Measures the record that a buffer begins with.</summary>
    /// <param name="buffer">What has arrived.</param>
    /// <param name="length">The whole record's length, where the header is there.</param>
    /// <returns>False where this is no record of TLS. Incomplete is not false: the length is 0 then.</returns>
    public static bool TryMeasure(in ReadOnlySequence<byte> buffer, out int length)
    {
        length = 0;
        Span<byte> copy = stackalloc byte[HeaderLength];
        scoped var header = buffer.FirstSpan;
        if (header.Length < HeaderLength)
        {
            var known = (int)Math.Min(HeaderLength, buffer.Length);
            buffer.Slice(0, known).CopyTo(copy);
            header = copy[..known];
        }
        if (header.Length > 0 && header[0] is < FirstType or > LastType || header.Length > 1 && header[1] != MajorVersion)
            return false;
        if (header.Length < HeaderLength)
            return true;
        var fragment = BinaryPrimitives.ReadUInt16BigEndian(header[3..]);
        length = HeaderLength + fragment;
        return fragment <= MaxFragment;
    }
}
