namespace Libp2p.Protocols.Gossipsub;

/// <summary>
/// A message of pubsub (pubsub specification, "The Message"). What is sent and signed is one canonical form: the known fields in the
/// order of their numbers, so that all implementations that encode anew come to the same bytes.
/// </summary>
internal static class MessageCodec
{
    private const int FromField = 1;
    private const int DataField = 2;
    private const int SequenceField = 3;
    private const int TopicField = 4;
    private const int SignatureField = 5;
    private const int KeyField = 6;
    private const int PublishField = 2;

    /// <summary>Reads a message. Bytes of any content and length are safe; whether the fields make sense is for others to say.</summary>
    /// <returns>False where it is no protobuf of this kind.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, out MessageFields fields)
    {
        fields = default;
        var reader = new ProtobufReader(message);
        while (!reader.AtEnd)
        {
            if (!reader.TryReadTag(out var field, out var wireType))
                return false;
            if (wireType != ProtobufReader.LengthDelimited)
            {
                if (field <= KeyField || !reader.TrySkip(wireType))
                    return false;
                continue;
            }
            if (!reader.TryReadBytes(out var value))
                return false;
            switch (field)
            {
                case FromField:
                    fields.From = value;
                    break;
                case DataField:
                    fields.Data = value;
                    fields.HasData = true;
                    break;
                case SequenceField:
                    fields.SequenceNumber = value;
                    break;
                case TopicField:
                    fields.Topic = value;
                    fields.TopicCount++;
                    break;
                case SignatureField:
                    fields.Signature = value;
                    break;
                case KeyField:
                    fields.Key = value;
                    break;
            }
        }
        return true;
    }

    /// <summary>Bytes of what is signed: all but the signature and the key.</summary>
    public static int SignedLength(in MessageFields fields) =>
        OptionalLength(fields.From) + (fields.HasData ? ProtobufWriter.FieldLength(fields.Data.Length) : 0)
        + OptionalLength(fields.SequenceNumber) + ProtobufWriter.FieldLength(fields.Topic.Length);

    /// <summary>Writes what is signed.</summary>
    /// <param name="fields">The message.</param>
    /// <param name="destination">Room of <see cref="SignedLength"/>.</param>
    public static void WriteSigned(in MessageFields fields, Span<byte> destination)
    {
        var writer = new ProtobufWriter(destination);
        WriteOptional(ref writer, FromField, fields.From);
        if (fields.HasData)
            writer.WriteBytesField(DataField, fields.Data);
        WriteOptional(ref writer, SequenceField, fields.SequenceNumber);
        writer.WriteBytesField(TopicField, fields.Topic);
    }

    /// <summary>
    /// Writes the message as the field of an RPC. Such parts one after the other are an RPC again, so each message is encoded
    /// once for all peers, however they are put together.
    /// </summary>
    /// <param name="fields">The message.</param>
    /// <param name="data">Where its content lies in the result.</param>
    public static byte[] Encode(in MessageFields fields, out Range data)
    {
        var signed = SignedLength(fields);
        var body = signed + OptionalLength(fields.Signature) + OptionalLength(fields.Key);
        var bytes = new byte[ProtobufWriter.FieldLength(body)];
        var head = bytes.Length - body;
        var writer = new ProtobufWriter(bytes);
        writer.WriteFieldHeader(PublishField, body);
        WriteSigned(fields, bytes.AsSpan(head));
        var rest = new ProtobufWriter(bytes.AsSpan(head + signed));
        WriteOptional(ref rest, SignatureField, fields.Signature);
        WriteOptional(ref rest, KeyField, fields.Key);
        var start = head + OptionalLength(fields.From) + (fields.HasData ? ProtobufWriter.FieldLength(fields.Data.Length) - fields.Data.Length : 0);
        data = new Range(start, start + fields.Data.Length);
        return bytes;
    }

    /// <summary>The message without the header of its field in an RPC; false where the part is none.</summary>
    public static bool TryGetBody(ReadOnlySpan<byte> part, out ReadOnlySpan<byte> body)
    {
        body = default;
        var reader = new ProtobufReader(part);
        return reader.TryReadTag(out var field, out var wireType) && field == PublishField && wireType == ProtobufReader.LengthDelimited
            && reader.TryReadBytes(out body);
    }

    private static int OptionalLength(ReadOnlySpan<byte> value) => value.IsEmpty ? 0 : ProtobufWriter.FieldLength(value.Length);

    private static void WriteOptional(ref ProtobufWriter writer, int field, ReadOnlySpan<byte> value)
    {
        if (!value.IsEmpty)
            writer.WriteBytesField(field, value);
    }
}
