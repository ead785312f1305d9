namespace Libp2p.Sqlite;

/// <summary>How peers are remembered in a file.</summary>
public sealed class SqlitePeerStoreOptions
{
    /// <summary>The bounds of what is remembered, as of the store in memory.</summary>
    public PeerStoreOptions Bounds { get; } = new();

    /// <summary>How often what has changed is written down: so much a killed process forgets. Default 1 s.</summary>
    public TimeSpan FlushInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Begins a fresh file where the one that is there is damaged; the damaged one is kept beside it. Default false: it is an error.</summary>
    public bool ReplaceDamaged { get; set; }

    /// <summary>Throws where a value makes no sense.</summary>
    /// <exception cref="ArgumentOutOfRangeException">With the option's name.</exception>
    public void Validate()
    {
        Bounds.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(FlushInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(FlushInterval, TimeSpan.FromHours(1));
    }
}
