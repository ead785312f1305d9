namespace Libp2p.Tests.Crypto;

/// <summary>Verifies by one kind of arithmetic, either each key as if it were new or each as if it were known long since. The rest is that of the managed provider with the same arithmetic.</summary>
sealed class VerifyingProvider<TPoint, TMultiple>(bool prepared) : VerifyingProvider(prepared)
    where TPoint : unmanaged, IEdwardsArithmetic<TPoint, TMultiple>
    where TMultiple : unmanaged
{
    private readonly ManagedCurveProvider<TPoint, TMultiple> _rest = new(new Ed25519Verifier<TPoint, TMultiple>());

    public override string Name => $"{typeof(TPoint).Name}, {(Prepared ? "prepared" : "new")}";

    public override bool Ed25519Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        var verifier = new Ed25519Verifier<TPoint, TMultiple>();
        if (Prepared && publicKey.Length == Ed25519.PublicKeyLength && EdwardsPoint.TryDecode(publicKey, out var point))
            verifier.Keys.Add(publicKey, Ed25519Verifier<TPoint, TMultiple>.PrepareForMany(point.Negate()));
        return verifier.Verify(publicKey, message, signature);
    }

    public override void Ed25519PublicKey(ReadOnlySpan<byte> seed, Span<byte> publicKey) => _rest.Ed25519PublicKey(seed, publicKey);

    public override void Ed25519Sign(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, Span<byte> signature) =>
        _rest.Ed25519Sign(seed, publicKey, message, signature);

    public override void X25519PublicKey(ReadOnlySpan<byte> privateKey, Span<byte> publicKey) => _rest.X25519PublicKey(privateKey, publicKey);

    public override bool X25519Agree(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> peerPublicKey, Span<byte> sharedSecret) =>
        _rest.X25519Agree(privateKey, peerPublicKey, sharedSecret);
}

abstract class VerifyingProvider(bool prepared) : CurveProvider
{
    /// <summary>Every kind that this machine can run.</summary>
    public static IEnumerable<CurveProvider> All
    {
        get
        {
            foreach (var prepared in new[] { false, true })
            {
                yield return Scalar(prepared);
                if (EdwardsVector.IsSupported)
                    yield return Vector(prepared);
            }
        }
    }

    public bool Prepared { get; } = prepared;

    public static CurveProvider Scalar(bool prepared) => new VerifyingProvider<EdwardsPoint, EdwardsPoint.Prepared>(prepared);

    public static CurveProvider Vector(bool prepared)
    {
        Assert.SkipUnless(EdwardsVector.IsSupported, "the machine has no AVX2");
        return new VerifyingProvider<EdwardsVector, EdwardsVector.Multiple>(prepared);
    }
}
