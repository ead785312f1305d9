using System.Net;

namespace Libp2p.Swarm;

/// <summary>What tells of a change of the network.</summary>
internal abstract record RecoveryInput
{
    /// <summary>The system says that something has changed.</summary>
    public sealed record Signalled : RecoveryInput;

    /// <summary>The clock on the wall, in answer to <see cref="RecoveryEffect.ReadClock"/>.</summary>
    public sealed record ClockRead(TimeSpan Wall) : RecoveryInput;

    /// <summary>The addresses of the interfaces that are up, in answer to <see cref="RecoveryEffect.ReadAddresses"/>.</summary>
    public sealed record AddressesRead(IReadOnlyCollection<IPAddress> Addresses) : RecoveryInput;
}

/// <summary>What is to be done.</summary>
internal abstract record RecoveryEffect
{
    /// <summary>Tell the clock on the wall.</summary>
    public sealed record ReadClock : RecoveryEffect;

    /// <summary>Tell the addresses of the interfaces.</summary>
    public sealed record ReadAddresses : RecoveryEffect;

    /// <summary>Recover.</summary>
    public sealed record Recover(NetworkChanged Change) : RecoveryEffect;
}

/// <summary>
/// Whether the machine's place in the network has changed. Two clocks tell of sleep: the monotonic one stands meanwhile, or the
/// timer comes far too late. Signals of the system are gathered until they have settled; then the addresses tell what changed.
/// </summary>
internal sealed class RecoveryMachine : IStateMachine<RecoveryInput, RecoveryEffect>
{
    private readonly RecoveryOptions _options;
    private readonly Queue<RecoveryEffect> _effects = new();
    private HashSet<IPAddress> _addresses;
    private TimeSpan _wall;
    private TimeSpan _wallReadAt;
    private TimeSpan _nextClock;
    private TimeSpan? _settled;
    private bool _hasWoken;

    /// <summary>Creates it.</summary>
    /// <param name="options">Its times, validated.</param>
    /// <param name="addresses">The interfaces' addresses now.</param>
    /// <param name="wall">The clock on the wall now.</param>
    /// <param name="now">A monotonic time stamp.</param>
    public RecoveryMachine(RecoveryOptions options, IEnumerable<IPAddress> addresses, TimeSpan wall, TimeSpan now)
    {
        _options = options;
        _addresses = [.. addresses];
        (_wall, _wallReadAt, _nextClock) = (wall, now, now + options.ClockInterval);
    }

    /// <inheritdoc/>
    public TimeSpan? Deadline => _settled < _nextClock ? _settled : _nextClock;

    /// <inheritdoc/>
    public void Advance(in RecoveryInput input, TimeSpan now)
    {
        switch (input)
        {
            case RecoveryInput.Signalled:
                // Not put off by further signals: a network that changes without end is looked at all the same.
                _settled ??= now + _options.SettleTime;
                break;
            case RecoveryInput.ClockRead read:
                Compare(read.Wall, now);
                break;
            case RecoveryInput.AddressesRead read:
                Compare(read.Addresses);
                break;
        }
    }

    /// <inheritdoc/>
    public void Elapse(TimeSpan now)
    {
        if (now >= _nextClock)
            _effects.Enqueue(new RecoveryEffect.ReadClock());
        if (now >= _settled)
        {
            _settled = null;
            _effects.Enqueue(new RecoveryEffect.ReadAddresses());
        }
    }

    /// <inheritdoc/>
    public bool TryTake(out RecoveryEffect effect) => _effects.TryDequeue(out effect!);

    private void Compare(TimeSpan wall, TimeSpan now)
    {
        var drift = (wall - _wall) - (now - _wallReadAt);
        var late = now - _nextClock;
        (_wall, _wallReadAt, _nextClock) = (wall, now, now + _options.ClockInterval);
        // Set back or put forward by hand, the clock tells nothing of sleep; a look costs little.
        if (drift.Duration() < _options.ClockJump && late < _options.ClockJump)
            return;
        _hasWoken = true;
        // The interfaces of a machine that wakes need a moment too.
        _settled ??= now + _options.SettleTime;
    }

    private void Compare(IReadOnlyCollection<IPAddress> addresses)
    {
        var lost = _addresses.Except(addresses).ToList();
        var gained = addresses.Except(_addresses).ToList();
        _addresses = [.. addresses];
        if (_hasWoken || lost.Count > 0 || gained.Count > 0)
            _effects.Enqueue(new RecoveryEffect.Recover(new NetworkChanged(_hasWoken, lost, gained)));
        _hasWoken = false;
    }
}
