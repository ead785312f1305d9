namespace Libp2p.Benchmarks.Macro;

/// <summary>Something to measure, in one or more rows.</summary>
internal interface IFigure
{
    /// <summary>What <c>--only</c> calls it.</summary>
    string Name { get; }

    /// <summary>Measures all sides in turn.</summary>
    Task<IReadOnlyList<Row>> MeasureAsync(Measurement run);
}
