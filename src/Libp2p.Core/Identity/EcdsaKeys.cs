using System.Security.Cryptography;

namespace Libp2p;

/// <summary>
/// The part that both kinds of ECDSA identity keys share: SHA-256, strict DER signatures, key objects of the base class library.
/// </summary>
internal static class EcdsaKeys
{
    const int ScalarLength = EcdsaSignatureCodec.ScalarLength;

    /// <summary>The verifier of a point that is known to be on the curve.</summary>
    public static SignatureVerifier CreateVerifier(WeierstrassCurve curve, ReadOnlySpan<byte> uncompressedPoint) =>
        new Verifier(curve, ToPoint(uncompressedPoint));

    public static Signer CreateSigner(WeierstrassCurve curve, byte[] privateScalar, ReadOnlySpan<byte> uncompressedPoint, bool lowS) =>
        new EcdsaSigner(curve, privateScalar, ToPoint(uncompressedPoint), lowS);

    /// <summary>Makes a key pair: the private scalar and <c>04 ‖ x ‖ y</c>.</summary>
    public static (byte[] PrivateScalar, byte[] Point) Generate(WeierstrassCurve curve)
    {
        using var key = ECDsa.Create(curve.Curve);
        return Export(key);
    }

    /// <summary>The public point of a private scalar that is known to be in range.</summary>
    public static byte[] DerivePoint(WeierstrassCurve curve, ReadOnlySpan<byte> privateScalar)
    {
        var scalar = privateScalar.ToArray();
        try
        {
            using var key = ECDsa.Create(new ECParameters { Curve = curve.Curve, D = scalar });
            var (copy, point) = Export(key);
            CryptographicOperations.ZeroMemory(copy);
            return point;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(scalar);
        }
    }

    static (byte[] PrivateScalar, byte[] Point) Export(ECDsa key)
    {
        var parameters = key.ExportParameters(includePrivateParameters: true);
        return (parameters.D!, [4, .. parameters.Q.X!, .. parameters.Q.Y!]);
    }

    static ECPoint ToPoint(ReadOnlySpan<byte> uncompressed) => new()
    {
        X = uncompressed.Slice(1, WeierstrassCurve.CoordinateLength).ToArray(),
        Y = uncompressed.Slice(1 + WeierstrassCurve.CoordinateLength, WeierstrassCurve.CoordinateLength).ToArray(),
    };

    sealed class Verifier(WeierstrassCurve curve, ECPoint point) : SignatureVerifier
    {
        readonly ImportedKey<ECDsa> _keys = new(() => ECDsa.Create(new ECParameters { Curve = curve.Curve, Q = point }));

        public override bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
        {
            Span<byte> fixedForm = stackalloc byte[EcdsaSignatureCodec.FixedLength];
            if (!EcdsaSignatureCodec.TryDecode(signature, fixedForm)
                || !curve.IsScalar(fixedForm[..ScalarLength]) || !curve.IsScalar(fixedForm[ScalarLength..]))
                return false;
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(message, hash);
            var key = _keys.Rent();
            try
            {
                return key.VerifyHash(hash, fixedForm, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
            }
            finally
            {
                _keys.Return(key);
            }
        }
    }

    sealed class EcdsaSigner(WeierstrassCurve curve, byte[] privateScalar, ECPoint point, bool lowS) : Signer
    {
        readonly ImportedKey<ECDsa> _keys =
            new(() => ECDsa.Create(new ECParameters { Curve = curve.Curve, D = privateScalar, Q = point }));

        public override byte[] Sign(ReadOnlySpan<byte> message)
        {
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(message, hash);
            var key = _keys.Rent();
            byte[] fixedForm;
            try
            {
                fixedForm = key.SignHash(hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
            }
            finally
            {
                _keys.Return(key);
            }
            if (lowS)
                curve.LowerS(fixedForm.AsSpan(ScalarLength));
            return EcdsaSignatureCodec.Encode(fixedForm);
        }

        public override void Dispose()
        {
            _keys.Close();
            CryptographicOperations.ZeroMemory(privateScalar);
        }
    }
}
