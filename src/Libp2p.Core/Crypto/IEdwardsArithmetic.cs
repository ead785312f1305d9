namespace Libp2p;

/// <summary>
/// The arithmetic of edwards25519. Two have it: with the machine's vectors, and without. Nothing here branches or indexes on what
/// it computes with.
/// </summary>
internal interface IEdwardsArithmetic<TPoint, TMultiple>
    where TPoint : unmanaged, IEdwardsArithmetic<TPoint, TMultiple>
    where TMultiple : unmanaged
{
    /// <summary>Takes a point over.</summary>
    static abstract void From(in EdwardsPoint point, out TPoint result);

    /// <summary>Prepares a point for being added often.</summary>
    static abstract void Prepare(in TPoint point, out TMultiple multiple);

    /// <summary>Doubles.</summary>
    static abstract void Double(ref TPoint point);

    /// <summary>Adds.</summary>
    static abstract void Add(ref TPoint point, in TMultiple multiple);

    /// <summary>Subtracts.</summary>
    static abstract void Subtract(ref TPoint point, in TMultiple multiple);

    /// <summary>
    /// Chooses from the multiples 1, 2, 3 … of a point the one that a secret digit names, or its opposite where the digit is
    /// negative, or the neutral element. Every multiple is read, so that the memory touched does not tell which one was wanted.
    /// </summary>
    static abstract void Select(ReadOnlySpan<TMultiple> multiples, int digit, out TMultiple chosen);

    /// <summary>Encodes the point (RFC 8032 §5.1.2).</summary>
    void Encode(Span<byte> bytes);

    /// <summary>Encodes the point of curve25519 that belongs to this one: u = (1 + y) / (1 - y) (RFC 7748 §4.1). Zero for the neutral element.</summary>
    void EncodeMontgomery(Span<byte> bytes);
}
