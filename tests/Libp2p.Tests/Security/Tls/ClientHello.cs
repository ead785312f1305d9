using System.Buffers.Binary;

namespace Libp2p.Tests.Security.Tls;

/// <summary>The first message of a handshake (RFC 8446 §4.1.2), as far as tests look into it.</summary>
internal static class ClientHello
{
    public const int ServerName = 0;
    public const int ApplicationProtocols = 16;
    public const int PreSharedKey = 41;
    public const int SupportedVersions = 43;

    /// <summary>The extensions by their numbers.</summary>
    public static Dictionary<int, byte[]> Extensions(ReadOnlySpan<byte> record)
    {
        var rest = record[5..][4..][2..][32..]; // record, message, version, random
        rest = rest[(1 + rest[0])..];           // session id
        rest = rest[(2 + Length(rest))..];      // cipher suites
        rest = rest[(1 + rest[0])..];           // compression
        rest = rest.Slice(2, Length(rest));
        Dictionary<int, byte[]> extensions = [];
        while (!rest.IsEmpty)
        {
            var length = Length(rest[2..]);
            extensions.Add(Length(rest), rest.Slice(4, length).ToArray());
            rest = rest[(4 + length)..];
        }
        return extensions;
    }

    private static int Length(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16BigEndian(bytes);
}
