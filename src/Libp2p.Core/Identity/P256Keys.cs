using System.Security.Cryptography;

namespace Libp2p;

/// <summary>
/// ECDSA identity keys, of which P-256 is the one in use: public as SubjectPublicKeyInfo (RFC 5480) with an uncompressed point,
/// private as SEC 1 <c>ECPrivateKey</c> (RFC 5915), which is what the specification's vectors hold.
/// </summary>
internal static class P256Keys
{
    const int PointLength = WeierstrassCurve.UncompressedLength;
    const int ScalarLength = WeierstrassCurve.CoordinateLength;

    // SEQUENCE { SEQUENCE { id-ecPublicKey, prime256v1 }, BIT STRING of 65 bytes }: in DER there is only this way to say it.
    static ReadOnlySpan<byte> PublicPrefix =>
    [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
        0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
    ];

    // SEQUENCE { 1, OCTET STRING of 32 bytes, [0] prime256v1, [1] BIT STRING of 65 bytes }
    static ReadOnlySpan<byte> PrivatePrefix => [0x30, 0x77, 0x02, 0x01, 0x01, 0x04, 0x20];

    static ReadOnlySpan<byte> CurveIdentifier => [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

    static ReadOnlySpan<byte> PrivateMiddle =>
        [0xa0, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0xa1, 0x44, 0x03, 0x42, 0x00];

    public static bool TryReadPublic(ReadOnlySpan<byte> data, out SignatureVerifier? verifier, out string? error)
    {
        verifier = null;
        if (data.Length != PublicPrefix.Length + PointLength || !data.StartsWith(PublicPrefix))
        {
            error = "The ECDSA public key is not a P-256 key in DER (SubjectPublicKeyInfo, uncompressed).";
            return false;
        }
        var point = data[PublicPrefix.Length..];
        if (!WeierstrassCurve.P256.IsPoint(point))
        {
            error = "The ECDSA public key is not a point of P-256.";
            return false;
        }
        verifier = EcdsaKeys.CreateVerifier(WeierstrassCurve.P256, point);
        error = null;
        return true;
    }

    public static bool TryReadPrivate(ReadOnlySpan<byte> data, out PrivateKeyParts parts, out string? error)
    {
        parts = default;
        if (!TryReadStructure(data, out var scalar, out var claimedPoint))
        {
            error = "The ECDSA private key is not a P-256 key in DER (SEC 1 ECPrivateKey).";
            return false;
        }
        if (!WeierstrassCurve.P256.IsScalar(scalar))
        {
            error = "The ECDSA private key is zero or not below the order of P-256.";
            return false;
        }
        var point = EcdsaKeys.DerivePoint(WeierstrassCurve.P256, scalar);
        if (!claimedPoint.IsEmpty && !claimedPoint.SequenceEqual(point))
        {
            error = "The ECDSA private key holds a public key that is not its own.";
            return false;
        }
        parts = Create(scalar.ToArray(), point);
        error = null;
        return true;
    }

    public static PrivateKeyParts Generate()
    {
        var (scalar, point) = EcdsaKeys.Generate(WeierstrassCurve.P256);
        return Create(scalar, point);
    }

    static PrivateKeyParts Create(byte[] scalar, byte[] point)
    {
        var curve = WeierstrassCurve.P256;
        byte[] publicData = [.. PublicPrefix, .. point];
        byte[] privateData = [.. PrivatePrefix, .. scalar, .. PrivateMiddle, .. point];
        var publicKey = PublicKey.FromValid(KeyType.Ecdsa, publicData, EcdsaKeys.CreateVerifier(curve, point));
        return new(privateData, publicKey, EcdsaKeys.CreateSigner(curve, scalar, point, lowS: false));
    }

    // The curve and the public key are optional in RFC 5915.
    static bool TryReadStructure(ReadOnlySpan<byte> data, out ReadOnlySpan<byte> scalar, out ReadOnlySpan<byte> point)
    {
        scalar = default;
        point = default;
        var outer = new DerReader(data);
        if (!outer.TryRead(DerReader.Sequence, out var content) || !outer.AtEnd)
            return false;
        var inner = new DerReader(content);
        if (!inner.TryReadUnsigned(out var version) || version is not [1]
            || !inner.TryRead(DerReader.OctetString, out scalar) || scalar.Length != ScalarLength)
            return false;
        if (inner.IsNext(DerReader.Context0) && !(inner.TryRead(DerReader.Context0, out var curve) && curve.SequenceEqual(CurveIdentifier)))
            return false;
        if (inner.AtEnd)
            return true;
        if (!inner.TryRead(DerReader.Context1, out var wrapped) || !inner.AtEnd)
            return false;
        var bits = new DerReader(wrapped);
        if (!bits.TryRead(DerReader.BitString, out var bitString) || !bits.AtEnd || bitString.Length != 1 + PointLength || bitString[0] != 0)
            return false;
        point = bitString[1..];
        return true;
    }
}
