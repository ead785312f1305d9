namespace Libp2p;

/// <summary>What a combination of points needs to be able to do, in variable time. Two do it: with the machine's vectors, and without.</summary>
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

    /// <summary>Encodes the point (RFC 8032 §5.1.2).</summary>
    void Encode(Span<byte> bytes);
}
