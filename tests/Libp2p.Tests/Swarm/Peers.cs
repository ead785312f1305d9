using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Libp2p.Tests.Swarm;

/// <summary>Peer ids and addresses for tests, the same for a number each time.</summary>
static class Peers
{
    public static PeerId Id(int number)
    {
        Span<byte> bytes = stackalloc byte[34];
        (bytes[0], bytes[1]) = (0x12, 0x20);
        Span<byte> seed = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(seed, number);
        SHA256.HashData(seed, bytes[2..]);
        return PeerId.TryDecode(bytes, out var id) ? id : throw new InvalidOperationException("A SHA-256 is a peer id.");
    }

    public static Multiaddress Address(string text) => Multiaddress.Parse(text);

    /// <summary>A public address, of a port.</summary>
    public static Multiaddress Public(int port) => Address($"/ip4/8.8.4.4/tcp/{port}");

    public static Multiaddress[] PublicMany(int count, int first = 1) => [.. Enumerable.Range(first, count).Select(Public)];
}
