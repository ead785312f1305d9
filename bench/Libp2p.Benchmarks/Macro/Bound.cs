using System.Globalization;
using Libp2p.Benchmarks.Macro.Processes;

namespace Libp2p.Benchmarks.Macro;

/// <summary>A gate or a goal, or a part of one: a value, of the figure itself or of its ratio to another side's.</summary>
/// <param name="Value">What must be reached.</param>
/// <param name="Against">Whose figure it is a multiple of; <see cref="Side.Ours"/> for the figure itself.</param>
internal sealed record Bound(double Value, Side Against = Side.Ours)
{
    /// <summary>Null where that side was not measured.</summary>
    public bool? IsMet(Row row)
    {
        var value = Against == Side.Ours ? row.Median(Side.Ours) : row.Ratio(Against);
        return value is { } v ? row.LowerIsBetter ? v <= Value : v >= Value : null;
    }

    public string Describe(bool lowerIsBetter)
    {
        var sign = lowerIsBetter ? "≤" : "≥";
        return Against switch
        {
            Side.Js => string.Create(CultureInfo.InvariantCulture, $"{sign} {Value:0.##} × js"),
            Side.Limit => string.Create(CultureInfo.InvariantCulture, $"{sign} {Value:0.00##} × limit"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{sign} {Value:#,0.##}"),
        };
    }
}
