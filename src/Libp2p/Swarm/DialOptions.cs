namespace Libp2p.Swarm;

/// <summary>The bounds and the timing of dialling.</summary>
public sealed class DialOptions
{
    /// <summary>How long one address may take, from the start of its attempt to a connection that is ready for streams. Default 15 s.</summary>
    public TimeSpan AddressTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a peer may take with all its addresses, whatever happens in between. Default 60 s.</summary>
    public TimeSpan PeerTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The most attempts at once to one peer. Default 8.</summary>
    public int MaxParallelPerPeer { get; set; } = 8;

    /// <summary>The most attempts at once to all peers together; others wait for their turn in order. Default 160.</summary>
    public int MaxParallel { get; set; } = 160;

    /// <summary>The most peers that are dialled at once, those counted whose attempts wait for their turn; more are refused. Default 1,024.</summary>
    public int MaxPeers { get; set; } = 1024;

    /// <summary>The most addresses of one peer that a dial considers; the rest is not tried. Default 100.</summary>
    public int MaxAddresses { get; set; } = 100;

    /// <summary>How far apart attempts at public addresses start (RFC 8305, section 5). Default 250 ms.</summary>
    public TimeSpan PublicStagger { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How far apart attempts at addresses of this machine and its networks start, and their lead over public ones. Default 30 ms.</summary>
    public TimeSpan LocalStagger { get; set; } = TimeSpan.FromMilliseconds(30);

    /// <summary>How long after the last direct address the first relayed one starts. Default 500 ms.</summary>
    public TimeSpan RelayDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long no further attempt starts on time alone, once one is connected and shakes hands. Default 500 ms.</summary>
    public TimeSpan HandshakeHold { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long an address is left alone after its first failure. Default 5 s.</summary>
    public TimeSpan BackoffBase { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>What is added to <see cref="BackoffBase"/>, times the square of the number of failures before. Default 1 s.</summary>
    public TimeSpan BackoffStep { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest that an address is left alone. Default 5 min.</summary>
    public TimeSpan BackoffMax { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The most addresses that are left alone at a time; beyond it the one whose failure is longest ago is forgotten. Default 10,000.</summary>
    public int MaxBackoffs { get; set; } = 10_000;

    /// <summary>
    /// Dials an address that is not of the internet though a name of the internet gave it. Default false: whoever holds such a name
    /// could have this node knock at machines of its own network. Names of this machine and its network (localhost, the hosts file,
    /// search domains, .local, .internal) are not concerned.
    /// </summary>
    public bool AllowPrivateByName { get; set; }

    /// <summary>Throws where the values are out of range or contradict each other.</summary>
    /// <exception cref="ArgumentOutOfRangeException">With the option's name.</exception>
    public void Validate()
    {
        ThrowIfNotWithinDay(AddressTimeout, nameof(AddressTimeout));
        ThrowIfNotWithinDay(PeerTimeout, nameof(PeerTimeout));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(AddressTimeout, PeerTimeout);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxParallelPerPeer);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxParallel);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxPeers);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxAddresses);
        ThrowIfNegativeOrBeyondDay(PublicStagger, nameof(PublicStagger));
        ThrowIfNegativeOrBeyondDay(LocalStagger, nameof(LocalStagger));
        ThrowIfNegativeOrBeyondDay(RelayDelay, nameof(RelayDelay));
        ThrowIfNegativeOrBeyondDay(HandshakeHold, nameof(HandshakeHold));
        ThrowIfNegativeOrBeyondDay(BackoffBase, nameof(BackoffBase));
        ThrowIfNegativeOrBeyondDay(BackoffStep, nameof(BackoffStep));
        ThrowIfNegativeOrBeyondDay(BackoffMax, nameof(BackoffMax));
        ArgumentOutOfRangeException.ThrowIfLessThan(BackoffMax, BackoffBase);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxBackoffs);
    }

    private static void ThrowIfNotWithinDay(TimeSpan value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, TimeSpan.FromDays(1), name);
    }

    private static void ThrowIfNegativeOrBeyondDay(TimeSpan value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, TimeSpan.FromDays(1), name);
    }
}
