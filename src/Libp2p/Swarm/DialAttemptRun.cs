using System.Diagnostics.CodeAnalysis;

namespace Libp2p.Swarm;

/// <summary>One attempt under way: its token, its stage, its time.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Cancelling may meet the end of the attempt; a source without a timer or a wait handle holds nothing to dispose of.")]
internal sealed class DialAttemptRun : IProgress<DialStage>
{
    private readonly PeerDial _dial;
    private readonly CancellationTokenSource _cancellation = new();
    private int _stage = (int)DialStage.NotTried;

    public DialAttemptRun(PeerDial dial, Multiaddress address, PeerId? peer, string? hostName)
    {
        _dial = dial;
        Address = address;
        Peer = peer;
        HostName = hostName;
        IsName = AddressResolver.NeedsResolving(address);
        Token = _cancellation.Token;
    }

    /// <summary>The dial that it is part of.</summary>
    public PeerDial Dial => _dial;

    public Multiaddress Address { get; }

    /// <summary>Who must answer; null where anyone may.</summary>
    public PeerId? Peer { get; }

    /// <summary>The name that its host goes by; null where none is known.</summary>
    public string? HostName { get; }

    /// <summary>True where it looks a name up instead of connecting.</summary>
    public bool IsName { get; }

    public CancellationToken Token { get; }

    public DialStage Stage => (DialStage)Volatile.Read(ref _stage);

    /// <summary>What the transport calls itself; null before it began.</summary>
    public string? Transport { get; set; }

    /// <summary>When it had its turn.</summary>
    public TimeSpan StartedAt { get; private set; }

    public void Start(TimeSpan now)
    {
        StartedAt = now;
        Volatile.Write(ref _stage, (int)(IsName ? DialStage.Resolve : DialStage.Connect));
        _dial.Post(new DialInput.AttemptStarted(Address));
        _dial.Tell(Address, Stage);
    }

    /// <inheritdoc/>
    public void Report(DialStage value)
    {
        // Stages only rise, so one attempt posts few of them, whatever its transport reports.
        if (value <= Stage || value > DialStage.Admit)
            return;
        Volatile.Write(ref _stage, (int)value);
        _dial.Post(new DialInput.AttemptProgressed(Address, value));
        _dial.Tell(Address, value);
    }

    /// <summary>Cancels it, away from the caller's thread: what runs then is the transport's, and may take its time.</summary>
    public Task CancelAsync() => _cancellation.CancelAsync();
}
