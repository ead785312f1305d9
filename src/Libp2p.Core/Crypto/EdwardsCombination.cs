using System.Runtime.CompilerServices;

namespace Libp2p;

/// <summary>Computes a·A + b·B for public scalars and the base point B, in variable time: for verification only.</summary>
internal static class EdwardsCombination<TPoint, TMultiple>
    where TPoint : unmanaged, IEdwardsArithmetic<TPoint, TMultiple>
    where TMultiple : unmanaged
{
    /// <summary>Bits of a digit of A's scalar.</summary>
    public const int WidthOfPoint = 5;

    private const int WidthOfGenerator = 7;
    private const int RowsOfGenerator = 8;

    private static readonly TMultiple[] Generator = ComputeGenerator();

    /// <summary>Computes the sum and encodes it. Both scalars are 32 bytes, little end first, and below 2^253.</summary>
    /// <param name="pointScalar">a.</param>
    /// <param name="pointTable">Multiples of A, for digits of <see cref="WidthOfPoint"/> bits, in any number of rows.</param>
    /// <param name="generatorScalar">b.</param>
    /// <param name="encoded">Receives 32 bytes.</param>
    [SkipLocalsInit]
    public static void Compute(ReadOnlySpan<byte> pointScalar, ReadOnlySpan<TMultiple> pointTable, ReadOnlySpan<byte> generatorScalar, Span<byte> encoded)
    {
        var point = new EdwardsMultiples<TPoint, TMultiple>(pointTable, WidthOfPoint);
        var generator = new EdwardsMultiples<TPoint, TMultiple>(Generator, WidthOfGenerator);
        Span<sbyte> pointDigits = stackalloc sbyte[EdwardsDigits.Count];
        Span<sbyte> generatorDigits = stackalloc sbyte[EdwardsDigits.Count];
        EdwardsDigits.Recode(pointScalar, point.Width, pointDigits);
        EdwardsDigits.Recode(generatorScalar, generator.Width, generatorDigits);
        TPoint.From(EdwardsPoint.Neutral, out var sum);
        for (var place = Math.Max(point.Spacing, generator.Spacing) - 1; place >= 0; place--)
        {
            TPoint.Double(ref sum);
            if (place < point.Spacing)
                point.AddDigits(ref sum, pointDigits, place);
            if (place < generator.Spacing)
                generator.AddDigits(ref sum, generatorDigits, place);
        }
        sum.Encode(encoded);
    }

    private static TMultiple[] ComputeGenerator()
    {
        var multiples = new TMultiple[RowsOfGenerator * EdwardsMultiples<TPoint, TMultiple>.PerRow(WidthOfGenerator)];
        EdwardsMultiples<TPoint, TMultiple>.Compute(EdwardsPoint.Generator, WidthOfGenerator, multiples);
        return multiples;
    }
}
