using System.Diagnostics.CodeAnalysis;

namespace Libp2p.Security.Plaintext;

/// <summary>
/// The protobuf encoding of the Exchange (plaintext/README.md, "Messages"): the peer id in field 1, the public key in field 2, which is
/// the key's own protobuf. js-libp2p of 2020 always says that the key is RSA, and sends its protobuf once more as its bytes.
/// </summary>
internal static class PlaintextCodec
{
    /// <summary>The most bytes of a message: a peer id and a key, that of 2020 in its second wrapping, with room to spare.</summary>
    public const int MaxLength = 2 * PublicKey.MaxEncodedLength;

    private const int Id = 1;
    private const int Key = 2;

    private const int KeyType = 1;
    private const int KeyData = 2;

    /// <summary>Encodes.</summary>
    public static byte[] Encode(PlaintextExchange exchange)
    {
        var id = PeerId.FromPublicKey(exchange.Key).Span;
        var key = exchange.Key.Encoded.Span;
        var field = exchange.IsInFormOf2020 ? 2 + ProtobufWriter.FieldLength(key.Length) : key.Length;
        var encoded = new byte[ProtobufWriter.FieldLength(id.Length) + ProtobufWriter.FieldLength(field)];
        var writer = new ProtobufWriter(encoded);
        writer.WriteBytesField(Id, id);
        writer.WriteFieldHeader(Key, field);
        if (exchange.IsInFormOf2020)
        {
            writer.WriteVarintField(KeyType, (ulong)Libp2p.KeyType.Rsa);
            writer.WriteBytesField(KeyData, key);
        }
        else
        {
            writer.WriteBytes(key);
        }
        return encoded;
    }

    /// <summary>Decodes, and compares the id with the key. Bytes of any content and length are safe.</summary>
    /// <param name="bytes">What a peer sent.</param>
    /// <param name="exchange">What it says, where the answer is true.</param>
    /// <param name="error">The reason in one line, where the answer is false.</param>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out PlaintextExchange? exchange, [NotNullWhen(false)] out string? error)
    {
        exchange = null;
        if (!TryReadFields(bytes, Id, Key, out var id, out var key))
            return Refuse("it is not a protobuf message", out error);
        if (key.IsEmpty)
            return Refuse("it has no public key", out error);
        var isInFormOf2020 = false;
        if (!PublicKey.TryDecode(key, out var publicKey, out error))
        {
            if (!TryReadFields(key, KeyType, KeyData, out _, out var inner) || !PublicKey.TryDecode(inner, out publicKey, out _))
                return Refuse($"its public key cannot be read: {error}", out error);
            isInFormOf2020 = true;
        }
        if (!id.SequenceEqual(PeerId.FromPublicKey(publicKey).Span))
            return Refuse("its peer id is not that of its public key", out error);
        exchange = new PlaintextExchange(publicKey, isInFormOf2020);
        error = null;
        return true;
    }

    /// <summary>Reads two byte strings, each the last of its field; a number in the first one's place is passed over.</summary>
    private static bool TryReadFields(ReadOnlySpan<byte> bytes, int firstField, int secondField, out ReadOnlySpan<byte> first, out ReadOnlySpan<byte> second)
    {
        first = second = default;
        var reader = new ProtobufReader(bytes);
        while (!reader.AtEnd)
        {
            if (!reader.TryReadTag(out var field, out var wireType))
                return false;
            if (wireType != ProtobufReader.LengthDelimited || (field != firstField && field != secondField))
            {
                if (!reader.TrySkip(wireType))
                    return false;
                continue;
            }
            if (!reader.TryReadBytes(out var content))
                return false;
            if (field == firstField)
                first = content;
            else
                second = content;
        }
        return true;
    }

    private static bool Refuse(string reason, out string? error)
    {
        error = reason;
        return false;
    }
}
