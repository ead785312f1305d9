namespace Libp2p.Swarm;

/// <summary>The tags and protections of one peer. Told the time; has one owner and no lock.</summary>
internal sealed class PeerTags
{
    private readonly Dictionary<string, Value> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _protections = new(StringComparer.Ordinal);

    public bool IsProtected => _protections.Count > 0;

    public bool IsEmpty => _values.Count == 0 && _protections.Count == 0;

    public void Set(string tag, int value) => _values[tag] = new(value, TimeSpan.Zero, TimeSpan.Zero);

    public void Bump(string tag, int by, TimeSpan halfLife, TimeSpan now)
    {
        var left = _values.TryGetValue(tag, out var value) ? value.At(now) : 0;
        _values[tag] = new(Math.Clamp(left + by, int.MinValue, int.MaxValue), now, halfLife);
    }

    public void Remove(string tag) => _values.Remove(tag);

    /// <summary>Takes every tag off; protections stay.</summary>
    public void Clear() => _values.Clear();

    public void Protect(string tag) => _protections.Add(tag);

    public void Unprotect(string tag) => _protections.Remove(tag);

    /// <summary>The sum of the tags, at the ends of what an int holds where it is beyond them.</summary>
    public int Worth(TimeSpan now)
    {
        var sum = 0.0;
        foreach (var value in _values.Values)
            sum += value.At(now);
        return (int)Math.Clamp(Math.Round(sum), int.MinValue, int.MaxValue);
    }

    /// <param name="Amount">What it was worth.</param>
    /// <param name="Since">When.</param>
    /// <param name="HalfLife">How long it takes to halve; zero where it does not fade.</param>
    private readonly record struct Value(double Amount, TimeSpan Since, TimeSpan HalfLife)
    {
        public double At(TimeSpan now) => HalfLife == TimeSpan.Zero ? Amount : Amount * Math.Pow(0.5, (now - Since) / HalfLife);
    }
}
