using System.Diagnostics.Metrics;

namespace Libp2p.Tests.Diagnostics;

/// <summary>Makes the meters of nodes as a host does, and so outlives them.</summary>
internal sealed class MeterFactory : IMeterFactory
{
    public List<Meter> Made { get; } = [];

    public Meter Create(MeterOptions options)
    {
        Made.Add(new Meter(options));
        return Made[^1];
    }

    public void Dispose() => Made.ForEach(m => m.Dispose());
}
