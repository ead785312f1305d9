using System.Runtime.CompilerServices;

namespace Libp2p;

/// <summary>
/// Checks Ed25519 signatures, in variable time, as all it reads is public. The rule is that of <see cref="Ed25519.Verify"/>;
/// libcrypto, which is slower, is the reference in tests.
/// </summary>
internal abstract class Ed25519Verifier
{
    /// <summary>The process's own.</summary>
    public static Ed25519Verifier Shared { get; } = Create();

    /// <summary>Creates one that knows no key yet, with the machine's vectors where it has them.</summary>
    public static Ed25519Verifier Create() => EdwardsVector.IsSupported
        ? new Ed25519Verifier<EdwardsVector, EdwardsVector.Multiple>()
        : new Ed25519Verifier<EdwardsPoint, EdwardsPoint.Prepared>();

    /// <summary>Checks a signature; inputs of a wrong length are merely not valid.</summary>
    public abstract bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature);
}

/// <summary>Verifies by one kind of arithmetic. Keys whose signatures come again and again get multiples of their own.</summary>
internal sealed class Ed25519Verifier<TPoint, TMultiple> : Ed25519Verifier
    where TPoint : unmanaged, IEdwardsArithmetic<TPoint, TMultiple>
    where TMultiple : unmanaged
{
    private const int RowsOfFrequentKey = 8;

    private static readonly int PerRow = EdwardsMultiples<TPoint, TMultiple>.PerRow(EdwardsCombination<TPoint, TMultiple>.WidthOfPoint);

    /// <summary>The keys that are ready.</summary>
    public FrequentKeys<TMultiple[]> Keys { get; } = new();

    /// <inheritdoc/>
    public override bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != Ed25519.PublicKeyLength || signature.Length != Ed25519.SignatureLength || !EdwardsScalar.IsCanonical(signature[32..]))
            return false;
        if (Keys.Find(publicKey) is not { } known)
            return VerifyByOther(publicKey, message, signature);
        if (!Verify(publicKey, known.Value, message, signature))
            return false;
        known.CountUse();
        return true;
    }

    [SkipLocalsInit]
    private bool VerifyByOther(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (!EdwardsPoint.TryDecode(publicKey, out var key))
            return false;
        key = key.Negate();
        Span<TMultiple> multiples = stackalloc TMultiple[PerRow];
        EdwardsMultiples<TPoint, TMultiple>.Compute(key, EdwardsCombination<TPoint, TMultiple>.WidthOfPoint, multiples);
        if (!Verify(publicKey, multiples, message, signature))
            return false;

        // Only now: whoever sends what is not signed makes us prepare nothing.
        if (Keys.IsWorthIt(publicKey))
            Keys.Add(publicKey, PrepareForMany(key));
        return true;
    }

    // S·B - k·A must be R. R is compared as bytes, never decoded: no second encoding of a point can pass.
    [SkipLocalsInit]
    private static bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<TMultiple> multiples, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        Span<byte> challenge = stackalloc byte[Ed25519Hash.Length];
        Ed25519Hash.Compute(signature[..32], publicKey, message, challenge);
        EdwardsScalar.Reduce(challenge, challenge[..EdwardsScalar.Length]);
        Span<byte> commitment = stackalloc byte[EdwardsPoint.Length];
        EdwardsCombination<TPoint, TMultiple>.Compute(challenge[..EdwardsScalar.Length], multiples, signature[32..], commitment);
        return commitment.SequenceEqual(signature[..32]);
    }

    internal static TMultiple[] PrepareForMany(in EdwardsPoint key)
    {
        var multiples = new TMultiple[RowsOfFrequentKey * PerRow];
        EdwardsMultiples<TPoint, TMultiple>.Compute(key, EdwardsCombination<TPoint, TMultiple>.WidthOfPoint, multiples);
        return multiples;
    }
}
