using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Libp2p;

namespace Tincan.Chat.History;

/// <summary>
/// What makes two messages the same one: the signed sender and its sequence number, else the room and what was said. Never the
/// id within the message, which anyone can forge.
/// </summary>
internal static class OnceKey
{
    private const byte SignedKind = 1;
    private const byte DataKind = 2;

    /// <summary>The key of a message whose signature was verified.</summary>
    public static byte[] OfSigned(PeerId sender, ulong sequenceNumber)
    {
        var key = new byte[1 + sender.Span.Length + sizeof(ulong)];
        key[0] = SignedKind;
        sender.Span.CopyTo(key.AsSpan(1));
        BinaryPrimitives.WriteUInt64BigEndian(key.AsSpan(key.Length - sizeof(ulong)), sequenceNumber);
        return key;
    }

    /// <summary>The key of a message without a signature.</summary>
    public static byte[] OfData(string topic, ReadOnlySpan<byte> data)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(topic)));
        hash.AppendData(data);
        return [DataKind, .. hash.GetHashAndReset()];
    }
}
