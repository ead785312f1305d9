namespace Libp2p.Security.Tls;

/// <summary>
/// X.509 certificates of libp2p (RFC 5280 §4.1; tls/tls.md, "libp2p Public Key Extension"): strict DER, and of it only what
/// libp2p gives a meaning. Serial number and names have none. It computes nothing.
/// </summary>
internal static class TlsCertificateCodec
{
    /// <summary>The most extensions that are looked at.</summary>
    public const int MaxExtensions = 64;

    private const byte Version3 = 2;

    // issuerUniqueID [1] and subjectUniqueID [2]
    private const byte IssuerUniqueId = 0x81;
    private const byte SubjectUniqueId = 0x82;

    // 1.3.6.1.4.1.53594.1.1
    private static ReadOnlySpan<byte> IdentityExtension => [0x2b, 0x06, 0x01, 0x04, 0x01, 0x83, 0xa2, 0x5a, 0x01, 0x01];

    /// <summary>Reads a certificate. Bytes of any content and length are safe.</summary>
    /// <param name="der">What a peer sent.</param>
    /// <param name="certificate">What it says, where nothing is refused.</param>
    public static TlsRefusal TryDecode(ReadOnlySpan<byte> der, out TlsCertificate certificate)
    {
        certificate = default;
        var outer = new DerReader(der);
        if (!outer.TryRead(DerReader.Sequence, out var content) || !outer.AtEnd)
            return TlsRefusal.Malformed;
        var parts = new DerReader(content);
        if (!parts.TryReadEncoded(DerReader.Sequence, out var signed)
            || !parts.TryRead(DerReader.Sequence, out var algorithm)
            || !TryReadBits(ref parts, out var signature) || !parts.AtEnd)
            return TlsRefusal.Malformed;

        var tbs = new DerReader(signed);
        if (!tbs.TryRead(DerReader.Sequence, out var body))
            return TlsRefusal.Malformed;
        var fields = new DerReader(body);
        if (!TryReadHead(ref fields, algorithm, out var notBefore, out var notAfter)
            || !fields.TryReadEncoded(DerReader.Sequence, out var key))
            return TlsRefusal.Malformed;
        if (fields.IsNext(IssuerUniqueId) || fields.IsNext(SubjectUniqueId))
            return TlsRefusal.UniqueIdentifier;
        if (fields.AtEnd)
            return TlsRefusal.NoIdentity;
        if (!fields.TryRead(DerReader.Context3, out var wrapped) || !fields.AtEnd)
            return TlsRefusal.Malformed;

        var refusal = TryReadExtensions(wrapped, out var identity);
        if (refusal != TlsRefusal.None)
            return refusal;
        if (!TryReadSignedKey(identity, out var identityKey, out var identitySignature))
            return TlsRefusal.MalformedIdentity;
        if (!TlsSignatureSchemes.TryFind(algorithm, key, out var scheme))
            return TlsRefusal.Algorithm;
        certificate = new TlsCertificate
        {
            Signed = signed,
            Signature = signature,
            Scheme = scheme,
            Key = key,
            NotBefore = notBefore,
            NotAfter = notAfter,
            IdentityKey = identityKey,
            IdentitySignature = identitySignature,
        };
        return TlsRefusal.None;
    }

    /// <summary>The value of the libp2p extension: the SignedKey structure.</summary>
    /// <param name="identityKey">The identity key as protobuf.</param>
    /// <param name="signature">The signature by that key.</param>
    public static byte[] EncodeSignedKey(ReadOnlySpan<byte> identityKey, ReadOnlySpan<byte> signature) =>
        Encode(DerReader.Sequence, [.. Encode(DerReader.OctetString, identityKey), .. Encode(DerReader.OctetString, signature)]);

    // Everything from the version to the subject.
    private static bool TryReadHead(ref DerReader fields, ReadOnlySpan<byte> algorithm, out long notBefore, out long notAfter)
    {
        notBefore = notAfter = 0;
        if (!fields.TryRead(DerReader.Context0, out var wrapped))
            return false;
        var version = new DerReader(wrapped);
        if (!version.TryReadUnsigned(out var number) || number is not [Version3] || !version.AtEnd)
            return false;
        // RFC 5280 §4.1.1.2: what is signed names the same algorithm as what is not.
        if (!fields.TryRead(DerReader.Integer, out _)
            || !fields.TryRead(DerReader.Sequence, out var signedAlgorithm) || !signedAlgorithm.SequenceEqual(algorithm)
            || !fields.TryRead(DerReader.Sequence, out _)
            || !fields.TryRead(DerReader.Sequence, out var validity))
            return false;
        var times = new DerReader(validity);
        return DerTime.TryRead(ref times, out notBefore) && DerTime.TryRead(ref times, out notAfter) && times.AtEnd
            && fields.TryRead(DerReader.Sequence, out _);
    }

    private static TlsRefusal TryReadExtensions(ReadOnlySpan<byte> wrapped, out ReadOnlySpan<byte> identity)
    {
        identity = default;
        var outer = new DerReader(wrapped);
        if (!outer.TryRead(DerReader.Sequence, out var list) || !outer.AtEnd)
            return TlsRefusal.Malformed;
        var extensions = new DerReader(list);
        var found = false;
        for (var count = 0; !extensions.AtEnd; count++)
        {
            if (count == MaxExtensions || !extensions.TryRead(DerReader.Sequence, out var extension)
                || !TryReadExtension(extension, out var id, out var isCritical, out var value))
                return TlsRefusal.Malformed;
            if (id.SequenceEqual(IdentityExtension))
            {
                if (found)
                    return TlsRefusal.MalformedIdentity;
                found = true;
                identity = value;
            }
            else if (isCritical)
            {
                return TlsRefusal.UnknownCriticalExtension;
            }
        }
        return found ? TlsRefusal.None : TlsRefusal.NoIdentity;
    }

    private static bool TryReadExtension(ReadOnlySpan<byte> extension, out ReadOnlySpan<byte> id, out bool isCritical, out ReadOnlySpan<byte> value)
    {
        isCritical = false;
        value = default;
        var reader = new DerReader(extension);
        if (!reader.TryRead(DerReader.ObjectIdentifier, out id))
            return false;
        if (reader.IsNext(DerReader.Boolean))
        {
            // The default, false, is left out; some write it all the same.
            if (!reader.TryRead(DerReader.Boolean, out var flag) || flag is not ([0x00] or [0xff]))
                return false;
            isCritical = flag[0] != 0;
        }
        return reader.TryRead(DerReader.OctetString, out value) && reader.AtEnd;
    }

    private static bool TryReadSignedKey(ReadOnlySpan<byte> value, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> signature)
    {
        key = signature = default;
        var outer = new DerReader(value);
        if (!outer.TryRead(DerReader.Sequence, out var content) || !outer.AtEnd)
            return false;
        var inner = new DerReader(content);
        return inner.TryRead(DerReader.OctetString, out key) && inner.TryRead(DerReader.OctetString, out signature) && inner.AtEnd;
    }

    // A BIT STRING of whole bytes.
    private static bool TryReadBits(scoped ref DerReader reader, out ReadOnlySpan<byte> bytes)
    {
        var isRead = reader.TryRead(DerReader.BitString, out bytes) && bytes is [0, _, ..];
        bytes = isRead ? bytes[1..] : default;
        return isRead;
    }

    private static byte[] Encode(byte tag, ReadOnlySpan<byte> content)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(content.Length, ushort.MaxValue);
        return content.Length switch
        {
            < 0x80 => [tag, (byte)content.Length, .. content],
            <= 0xff => [tag, 0x81, (byte)content.Length, .. content],
            _ => [tag, 0x82, (byte)(content.Length >> 8), (byte)content.Length, .. content],
        };
    }
}
