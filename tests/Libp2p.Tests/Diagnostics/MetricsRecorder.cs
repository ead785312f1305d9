using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Libp2p.Tests.Diagnostics;

/// <summary>Collects what one node measures: its meter is told from others by the peer in its tags.</summary>
internal sealed class MetricsRecorder : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<Measured> _all = [];

    public MetricsRecorder(PeerId peer)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Libp2p" && instrument.Meter.Tags?.Any(t => t.Key == "peer" && Equals(t.Value, peer.ToString())) == true)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>What was measured under a name, in order.</summary>
    public IReadOnlyList<Measured> Of(string name) => [.. _all.Where(m => m.Name == name)];

    /// <summary>Reads what is observed, and gives the readings under a name.</summary>
    public IReadOnlyList<Measured> Read(string name)
    {
        var before = _all.Count;
        _listener.RecordObservableInstruments();
        return [.. _all.Skip(before).Where(m => m.Name == name)];
    }

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _all.Enqueue(new(instrument.Name, value, string.Join(' ', tags.ToArray().Select(t => $"{t.Key}={t.Value}"))));

    internal sealed record Measured(string Name, double Value, string Labels);
}
