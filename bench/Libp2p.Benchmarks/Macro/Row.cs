using Libp2p.Benchmarks.Macro.Processes;

namespace Libp2p.Benchmarks.Macro;

/// <summary>One line of the table: what was measured, by whom, round for round.</summary>
/// <param name="Name">What.</param>
/// <param name="Unit">In what.</param>
internal sealed record Row(string Name, string Unit)
{
    private readonly Dictionary<Side, List<double>> _samples = [];

    public bool LowerIsBetter { get; init; }

    public Bound[] Gate { get; init; } = [];

    public Bound[] Goal { get; init; } = [];

    /// <summary>Adds the figure of one round; the rounds of all sides come in the same order.</summary>
    public void Add(Side side, double value)
    {
        if (!_samples.TryGetValue(side, out var samples))
            _samples[side] = samples = [];
        samples.Add(value);
    }

    public double? Median(Side side) => _samples.TryGetValue(side, out var samples) ? MedianOf(samples) : null;

    /// <summary>The median over the rounds of our figure divided by the other side's in the same round.</summary>
    public double? Ratio(Side side) => _samples.TryGetValue(Side.Ours, out var ours) && _samples.TryGetValue(side, out var other)
        ? MedianOf([.. ours.Zip(other, (a, b) => a / b)])
        : null;

    /// <summary>Whether all bounds are met; null where there are none, or none could be judged.</summary>
    public bool? IsMet(Bound[] bounds)
    {
        var met = bounds.Select(b => b.IsMet(this)).OfType<bool>().ToList();
        return met.Count == 0 ? null : met.TrueForAll(m => m);
    }

    public string Describe(Bound[] bounds) => string.Join(", ", bounds.Select(b => b.Describe(LowerIsBetter)));

    private static double MedianOf(List<double> samples)
    {
        var sorted = samples.Order().ToList();
        var middle = sorted.Count / 2;
        return sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
