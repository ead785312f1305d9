using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Libp2p;

/// <summary>
/// A payload signed by a peer for one purpose (RFC 0002). The purpose, called domain, is signed and not sent, so what was signed
/// for one cannot be passed off as another. Immutable.
/// </summary>
public sealed class SignedEnvelope
{
    /// <summary>The most bytes of an encoded envelope that are read.</summary>
    public const int MaxEncodedLength = 64 * 1024;

    /// <summary>The most bytes of a domain in UTF-8.</summary>
    public const int MaxDomainLength = 256;

    const int KeyField = 1;
    const int PayloadTypeField = 2;
    const int PayloadField = 3;
    const int SignatureField = 5;

    SignedEnvelope(PublicKey publicKey, ReadOnlyMemory<byte> payloadType, ReadOnlyMemory<byte> payload, ReadOnlyMemory<byte> signature)
    {
        PublicKey = publicKey;
        PayloadType = payloadType;
        Payload = payload;
        Signature = signature;
    }

    /// <summary>The key of whoever signed.</summary>
    public PublicKey PublicKey { get; }

    /// <summary>What kind of payload it is, most often a multicodec.</summary>
    public ReadOnlyMemory<byte> PayloadType { get; }

    /// <summary>The content.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>The signature in the form of the key's type.</summary>
    public ReadOnlyMemory<byte> Signature { get; }

    /// <summary>Signs a payload.</summary>
    /// <param name="identity">Who signs.</param>
    /// <param name="domain">The purpose, such as <c>libp2p-peer-record</c>: 1 to 256 bytes in UTF-8.</param>
    /// <param name="payloadType">The kind of payload.</param>
    /// <param name="payload">The content.</param>
    /// <exception cref="ArgumentException">The domain is empty or too long, or the envelope would exceed <see cref="MaxEncodedLength"/>.</exception>
    public static SignedEnvelope Seal(Identity identity, string domain, ReadOnlySpan<byte> payloadType, ReadOnlySpan<byte> payload)
    {
        ArgumentNullException.ThrowIfNull(identity);
        CheckDomain(domain);
        if ((long)payloadType.Length + payload.Length > MaxEncodedLength)
            throw new ArgumentException($"An envelope has at most {MaxEncodedLength} bytes.", nameof(payload));
        var signature = identity.Sign(SignedBytes(domain, payloadType, payload));
        var envelope = new SignedEnvelope(identity.PublicKey, payloadType.ToArray(), payload.ToArray(), signature);
        return envelope.EncodedLength() <= MaxEncodedLength
            ? envelope
            : throw new ArgumentException($"An envelope has at most {MaxEncodedLength} bytes.", nameof(payload));
    }

    /// <summary>
    /// Reads an envelope without checking its signature: whatever is in it is a stranger's claim until <see cref="Verify"/> says so.
    /// Any bytes are safe; those above <see cref="MaxEncodedLength"/> are refused. Unknown fields are passed over.
    /// </summary>
    /// <param name="bytes">What a peer sent.</param>
    /// <param name="envelope">The envelope, where the answer is true.</param>
    /// <param name="error">The reason in one line, where the answer is false.</param>
    public static bool TryDecode(
        ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SignedEnvelope? envelope, [NotNullWhen(false)] out string? error)
    {
        envelope = null;
        if (bytes.Length > MaxEncodedLength)
        {
            error = $"A signed envelope has at most {MaxEncodedLength} bytes, not {bytes.Length}.";
            return false;
        }
        ReadOnlySpan<byte> key = default, payloadType = default, payload = default, signature = default;
        var seen = 0;
        var reader = new ProtobufReader(bytes);
        while (!reader.AtEnd)
        {
            if (!reader.TryReadTag(out var field, out var wireType))
                return Malformed(out error);
            if (field is not (KeyField or PayloadTypeField or PayloadField or SignatureField))
            {
                if (!reader.TrySkip(wireType))
                    return Malformed(out error);
                continue;
            }
            if (wireType != ProtobufReader.LengthDelimited || !reader.TryReadBytes(out var content))
                return Malformed(out error);
            if ((seen & (1 << field)) != 0)
            {
                error = $"The signed envelope has field {field} twice.";
                return false;
            }
            seen |= 1 << field;
            switch (field)
            {
                case KeyField:
                    key = content;
                    break;
                case PayloadTypeField:
                    payloadType = content;
                    break;
                case PayloadField:
                    payload = content;
                    break;
                default:
                    signature = content;
                    break;
            }
        }
        if (key.IsEmpty || signature.IsEmpty)
        {
            error = key.IsEmpty ? "The signed envelope has no public key." : "The signed envelope has no signature.";
            return false;
        }
        if (!PublicKey.TryDecode(key, out var publicKey, out error))
            return false;
        envelope = new SignedEnvelope(publicKey, payloadType.ToArray(), payload.ToArray(), signature.ToArray());
        return true;
    }

    /// <summary>Reads an envelope and checks its signature for a domain.</summary>
    /// <param name="bytes">What a peer sent; any bytes are safe.</param>
    /// <param name="expectedDomain">The purpose it must have been signed for.</param>
    /// <param name="envelope">The envelope, whose content <see cref="PublicKey"/> did sign, where the answer is true.</param>
    /// <param name="error">The reason in one line, where the answer is false.</param>
    /// <exception cref="ArgumentException">The domain is empty or too long.</exception>
    public static bool TryOpen(
        ReadOnlySpan<byte> bytes,
        string expectedDomain,
        [NotNullWhen(true)] out SignedEnvelope? envelope,
        [NotNullWhen(false)] out string? error)
    {
        CheckDomain(expectedDomain);
        if (!TryDecode(bytes, out envelope, out error))
            return false;
        if (envelope.Verify(expectedDomain))
            return true;
        envelope = null;
        error = $"The signature of the envelope is not valid for the domain {expectedDomain}.";
        return false;
    }

    /// <summary>Whether the signature is the key's own over this payload, of this type, for the domain.</summary>
    /// <exception cref="ArgumentException">The domain is empty or too long.</exception>
    public bool Verify(string domain)
    {
        CheckDomain(domain);
        return PublicKey.Verify(SignedBytes(domain, PayloadType.Span, Payload.Span), Signature.Span);
    }

    /// <summary>The encoding that others read.</summary>
    public byte[] Encode()
    {
        var bytes = new byte[EncodedLength()];
        var writer = new ProtobufWriter(bytes);
        writer.WriteBytesField(KeyField, PublicKey.Encoded.Span);
        writer.WriteBytesField(PayloadTypeField, PayloadType.Span);
        writer.WriteBytesField(PayloadField, Payload.Span);
        writer.WriteBytesField(SignatureField, Signature.Span);
        return bytes;
    }

    int EncodedLength() =>
        ProtobufWriter.FieldLength(PublicKey.Encoded.Length) + ProtobufWriter.FieldLength(PayloadType.Length)
        + ProtobufWriter.FieldLength(Payload.Length) + ProtobufWriter.FieldLength(Signature.Length);

    // Each part stands behind its length, so that no two different triples sign alike.
    static byte[] SignedBytes(string domain, ReadOnlySpan<byte> payloadType, ReadOnlySpan<byte> payload)
    {
        var domainBytes = Encoding.UTF8.GetBytes(domain);
        var bytes = new byte[PartLength(domainBytes.Length) + PartLength(payloadType.Length) + PartLength(payload.Length)];
        var writer = new ProtobufWriter(bytes);
        WritePart(ref writer, domainBytes);
        WritePart(ref writer, payloadType);
        WritePart(ref writer, payload);
        return bytes;

        static int PartLength(int length) => ProtobufWriter.VarintLength((ulong)length) + length;

        static void WritePart(ref ProtobufWriter writer, ReadOnlySpan<byte> part)
        {
            writer.WriteVarint((ulong)part.Length);
            writer.WriteBytes(part);
        }
    }

    static void CheckDomain(string domain)
    {
        ArgumentException.ThrowIfNullOrEmpty(domain);
        if (Encoding.UTF8.GetByteCount(domain) > MaxDomainLength)
            throw new ArgumentException($"A domain has at most {MaxDomainLength} bytes.", nameof(domain));
    }

    static bool Malformed(out string error)
    {
        error = "The signed envelope is not a complete protobuf message.";
        return false;
    }
}
