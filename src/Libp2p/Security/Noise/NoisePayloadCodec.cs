using System.Diagnostics.CodeAnalysis;

namespace Libp2p.Security.Noise;

/// <summary>
/// The protobuf encoding of <see cref="NoisePayload"/>: fields 1, 2 and 4, in which lie fields 1 and 2 of the extensions. Unknown
/// fields are passed over, groups are refused; nothing nests deeper. It reads what nobody has proven yet, so lists are bounded.
/// </summary>
internal static class NoisePayloadCodec
{
    /// <summary>The most muxers that are read; go-libp2p ignores longer lists, too.</summary>
    public const int MaxStreamMuxers = 100;

    /// <summary>The most certificate hashes that are read.</summary>
    public const int MaxCertificateHashes = 32;

    private const int IdentityKey = 1;
    private const int IdentitySignature = 2;
    private const int Extensions = 4;
    private const int CertificateHashes = 1;
    private const int StreamMuxers = 2;

    /// <summary>Encodes.</summary>
    public static byte[] Encode(NoisePayload payload)
    {
        var extensions = ExtensionsLength(payload);
        var length = FieldLength(payload.IdentityKey) + FieldLength(payload.IdentitySignature);
        if (extensions > 0)
            length += ProtobufWriter.FieldLength(extensions);
        var encoded = new byte[length];
        var writer = new ProtobufWriter(encoded);
        if (!payload.IdentityKey.IsEmpty)
            writer.WriteBytesField(IdentityKey, payload.IdentityKey.Span);
        if (!payload.IdentitySignature.IsEmpty)
            writer.WriteBytesField(IdentitySignature, payload.IdentitySignature.Span);
        if (extensions > 0)
        {
            writer.WriteFieldHeader(Extensions, extensions);
            foreach (var hash in payload.WebTransportCertificateHashes)
                writer.WriteBytesField(CertificateHashes, hash.Span);
            foreach (var muxer in payload.StreamMuxers)
                writer.WriteBytesField(StreamMuxers, muxer.Utf8.Span);
        }
        return encoded;
    }

    /// <summary>Decodes. Bytes of any content and length are safe.</summary>
    /// <param name="bytes">What a peer sent.</param>
    /// <param name="payload">The payload, where the answer is true; it shares no memory with the bytes.</param>
    /// <param name="error">The reason in one line, where the answer is false.</param>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out NoisePayload? payload, [NotNullWhen(false)] out string? error)
    {
        payload = null;
        var key = ReadOnlySpan<byte>.Empty;
        var signature = ReadOnlySpan<byte>.Empty;
        List<ProtocolId> muxers = [];
        List<ReadOnlyMemory<byte>> hashes = [];
        var reader = new ProtobufReader(bytes);
        while (!reader.AtEnd)
        {
            if (!reader.TryReadTag(out var field, out var wireType))
                return Refuse("it is not a protobuf message", out error);
            if (field is not (IdentityKey or IdentitySignature or Extensions))
            {
                if (!reader.TrySkip(wireType))
                    return Refuse("it is not a protobuf message", out error);
                continue;
            }
            if (wireType != ProtobufReader.LengthDelimited || !reader.TryReadBytes(out var content))
                return Refuse($"its field {field} is not a whole byte string", out error);
            // As protobuf has it: of a field that comes twice the last one counts, and messages are merged.
            if (field == IdentityKey)
                key = content;
            else if (field == IdentitySignature)
                signature = content;
            else if (!TryDecodeExtensions(content, muxers, hashes, out error))
                return false;
        }
        payload = new NoisePayload
        {
            IdentityKey = key.ToArray(),
            IdentitySignature = signature.ToArray(),
            StreamMuxers = muxers,
            WebTransportCertificateHashes = hashes,
        };
        error = null;
        return true;
    }

    private static bool TryDecodeExtensions(
        ReadOnlySpan<byte> bytes, List<ProtocolId> muxers, List<ReadOnlyMemory<byte>> hashes, [NotNullWhen(false)] out string? error)
    {
        var reader = new ProtobufReader(bytes);
        var names = 0;
        while (!reader.AtEnd)
        {
            if (!reader.TryReadTag(out var field, out var wireType))
                return Refuse("its extensions are not a protobuf message", out error);
            if (field is not (CertificateHashes or StreamMuxers))
            {
                if (!reader.TrySkip(wireType))
                    return Refuse("its extensions are not a protobuf message", out error);
                continue;
            }
            if (wireType != ProtobufReader.LengthDelimited || !reader.TryReadBytes(out var content))
                return Refuse($"field {field} of its extensions is not a whole byte string", out error);
            if (field == CertificateHashes)
            {
                if (hashes.Count == MaxCertificateHashes)
                    return Refuse($"it has more than {MaxCertificateHashes} certificate hashes", out error);
                hashes.Add(content.ToArray());
            }
            else if (++names > MaxStreamMuxers || muxers.Count == MaxStreamMuxers)
            {
                return Refuse($"it has more than {MaxStreamMuxers} muxers", out error);
            }
            else if (ProtocolId.TryDecode(content, out var muxer))
            {
                muxers.Add(muxer);
            }
        }
        error = null;
        return true;
    }

    private static int ExtensionsLength(NoisePayload payload)
    {
        var length = 0;
        foreach (var hash in payload.WebTransportCertificateHashes)
            length += ProtobufWriter.FieldLength(hash.Length);
        foreach (var muxer in payload.StreamMuxers)
            length += ProtobufWriter.FieldLength(muxer.Utf8.Length);
        return length;
    }

    private static int FieldLength(ReadOnlyMemory<byte> content) => content.IsEmpty ? 0 : ProtobufWriter.FieldLength(content.Length);

    private static bool Refuse(string reason, out string error)
    {
        error = reason;
        return false;
    }
}
