using System.Security.Cryptography;

namespace Libp2p;

/// <summary>
/// secp256k1 identity keys: 33 compressed bytes public, 32 bytes private. Signatures are sent with the smaller S, as some peers
/// take no other, and accepted with either.
/// </summary>
internal static class Secp256k1Keys
{
    // Some platforms (macOS) have P-256 and not this curve. Their users get an error value, not an exception on a stranger's key.
    static readonly Lazy<bool> Supported = new(() =>
    {
        try
        {
            using var key = ECDsa.Create(WeierstrassCurve.Secp256k1.Curve);
            return key.KeySize == 256;
        }
        catch (Exception e) when (e is PlatformNotSupportedException or CryptographicException)
        {
            return false;
        }
    });

    const string NotSupported = "This platform's cryptography has no secp256k1; use an Ed25519 key.";

    public static bool TryReadPublic(ReadOnlySpan<byte> data, out SignatureVerifier? verifier, out string? error)
    {
        verifier = null;
        if (data.Length != WeierstrassCurve.CompressedLength)
        {
            error = $"A secp256k1 public key has {WeierstrassCurve.CompressedLength} bytes, not {data.Length}.";
            return false;
        }
        Span<byte> point = stackalloc byte[WeierstrassCurve.UncompressedLength];
        if (!WeierstrassCurve.Secp256k1.TryDecompress(data, point))
        {
            error = "The secp256k1 public key is not a point of the curve.";
            return false;
        }
        if (!Supported.Value)
        {
            error = NotSupported;
            return false;
        }
        verifier = EcdsaKeys.CreateVerifier(WeierstrassCurve.Secp256k1, point);
        error = null;
        return true;
    }

    public static bool TryReadPrivate(ReadOnlySpan<byte> data, out PrivateKeyParts parts, out string? error)
    {
        parts = default;
        error = data.Length != WeierstrassCurve.CoordinateLength
            ? $"A secp256k1 private key has {WeierstrassCurve.CoordinateLength} bytes, not {data.Length}."
            : !WeierstrassCurve.Secp256k1.IsScalar(data) ? "The secp256k1 private key is zero or not below the order of the curve."
            : !Supported.Value ? NotSupported
            : null;
        if (error is null)
            parts = Create(data.ToArray(), EcdsaKeys.DerivePoint(WeierstrassCurve.Secp256k1, data));
        return error is null;
    }

    public static PrivateKeyParts Generate()
    {
        if (!Supported.Value)
            throw new PlatformNotSupportedException(NotSupported);
        var (scalar, point) = EcdsaKeys.Generate(WeierstrassCurve.Secp256k1);
        return Create(scalar, point);
    }

    static PrivateKeyParts Create(byte[] scalar, byte[] point)
    {
        var curve = WeierstrassCurve.Secp256k1;
        var publicKey = PublicKey.FromValid(KeyType.Secp256k1, WeierstrassCurve.Compress(point), EcdsaKeys.CreateVerifier(curve, point));
        return new(scalar, publicKey, EcdsaKeys.CreateSigner(curve, scalar, point, lowS: true));
    }
}
