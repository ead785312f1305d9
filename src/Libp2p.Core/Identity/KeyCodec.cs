namespace Libp2p;

/// <summary>
/// The protobuf around a key: <c>Type = 1</c> and <c>Data = 2</c> (peer-id specification, "Keys").
/// The specification allows exactly one encoding of a key, so exactly one is read: other orders, lengths written
/// in more bytes than needed, repeated, missing or further fields are refused. Key and bytes belong together one to one.
/// </summary>
internal static class KeyCodec
{
    const int TypeField = 1;
    const int DataField = 2;

    public static byte[] Encode(KeyType type, ReadOnlySpan<byte> data)
    {
        var encoded = new byte[EncodedLength(data.Length)];
        var writer = new ProtobufWriter(encoded);
        writer.WriteVarintField(TypeField, (ulong)type);
        writer.WriteBytesField(DataField, data);
        return encoded;
    }

    public static bool TryDecode(ReadOnlySpan<byte> encoded, out KeyType type, out ReadOnlySpan<byte> data, out string? error)
    {
        type = default;
        data = default;
        var reader = new ProtobufReader(encoded);
        if (!reader.TryReadTag(out var field, out var wireType) || field != TypeField || wireType != ProtobufReader.Varint
            || !reader.TryReadVarint(out var number))
        {
            error = "The key's protobuf does not begin with its type.";
            return false;
        }
        if (number > (ulong)KeyType.Ecdsa)
        {
            error = $"Key type {number} is not known; 0 (RSA), 1 (Ed25519), 2 (secp256k1) and 3 (ECDSA) are.";
            return false;
        }
        type = (KeyType)number;
        if (!reader.TryReadTag(out field, out wireType) || field != DataField || wireType != ProtobufReader.LengthDelimited
            || !reader.TryReadBytes(out data))
        {
            error = "The key's protobuf has no complete data after its type.";
            return false;
        }
        if (!reader.AtEnd || encoded.Length != EncodedLength(data.Length))
        {
            error = "The key's protobuf is not in its one deterministic encoding.";
            return false;
        }
        error = null;
        return true;
    }

    static int EncodedLength(int dataLength) => 2 + ProtobufWriter.FieldLength(dataLength);
}
