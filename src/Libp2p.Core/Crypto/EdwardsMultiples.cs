using System.Runtime.CompilerServices;

namespace Libp2p;

/// <summary>Odd multiples of a point, then of what <see cref="Spacing"/> doublings make of it, of what as many more do, and so on: a row for each.</summary>
/// <remarks>
/// A scalar's digits that lie a spacing apart are added between the same two doublings, each from a row of its own: more rows,
/// fewer doublings.
/// </remarks>
internal readonly ref struct EdwardsMultiples<TPoint, TMultiple>
    where TPoint : unmanaged, IEdwardsArithmetic<TPoint, TMultiple>
    where TMultiple : unmanaged
{
    private readonly ReadOnlySpan<TMultiple> _multiples;
    private readonly int _perRow;

    /// <summary>Reads a table that <see cref="Compute"/> filled.</summary>
    /// <param name="multiples">The table.</param>
    /// <param name="width">Bits of a digit.</param>
    public EdwardsMultiples(ReadOnlySpan<TMultiple> multiples, int width)
    {
        _multiples = multiples;
        _perRow = PerRow(width);
        Width = width;
        Spacing = EdwardsDigits.Count / (multiples.Length / _perRow);
    }

    /// <summary>Bits of a digit.</summary>
    public int Width { get; }

    /// <summary>Digits of a row.</summary>
    public int Spacing { get; }

    /// <summary>Multiples in a row.</summary>
    public static int PerRow(int width) => 1 << (width - 2);

    /// <summary>Fills a table, whose length says how many rows it has: a power of two.</summary>
    [SkipLocalsInit]
    public static void Compute(in EdwardsPoint point, int width, Span<TMultiple> multiples)
    {
        var perRow = PerRow(width);
        var spacing = EdwardsDigits.Count / (multiples.Length / perRow);
        TPoint.From(point, out var start);
        for (var row = 0; row < multiples.Length; row += perRow)
        {
            if (row > 0)
            {
                for (var i = 0; i < spacing; i++)
                    TPoint.Double(ref start);
            }
            TPoint.Prepare(start, out multiples[row]);
            var multiple = start;
            TPoint.Double(ref multiple);
            TPoint.Prepare(multiple, out var step);
            multiple = start;
            for (var i = 1; i < perRow; i++)
            {
                TPoint.Add(ref multiple, step);
                TPoint.Prepare(multiple, out multiples[row + i]);
            }
        }
    }

    /// <summary>Adds what the digits at one place of every row say.</summary>
    public void AddDigits(ref TPoint sum, ReadOnlySpan<sbyte> digits, int place)
    {
        var row = 0;
        for (var i = place; i < digits.Length; i += Spacing, row += _perRow)
        {
            int digit = digits[i];
            if (digit > 0)
                TPoint.Add(ref sum, _multiples[row + (digit / 2)]);
            else if (digit < 0)
                TPoint.Subtract(ref sum, _multiples[row + (-digit / 2)]);
        }
    }
}
