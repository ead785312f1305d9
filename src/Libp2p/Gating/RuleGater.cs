namespace Libp2p.Gating;

/// <summary>
/// A gater that keeps to rules, which may be changed while the node runs. A new rule holds at once for whoever comes; whether it
/// also ends the open connections that it denies is an option. Safe for concurrent use.
/// </summary>
/// <remarks>
/// Where a peer is allowed by name at an address that is denied, links from there are taken up to the handshake, which tells who
/// it is: only rules about addresses keep strangers from costing a handshake.
/// </remarks>
/// <param name="rules">The rules at first; null for none.</param>
/// <param name="endsOpenConnections">Whether a change ends open connections that it denies. Default true.</param>
public sealed class RuleGater(GateRules? rules = null, bool endsOpenConnections = true) : IConnectionGater
{
    private GateRules _rules = rules ?? GateRules.Empty;

    /// <inheritdoc/>
    public event Action? Changed;

    /// <summary>The rules at this moment: a snapshot.</summary>
    public GateRules Rules => Volatile.Read(ref _rules);

    /// <summary>Changes the rules.</summary>
    /// <param name="change">Gives new rules for those there are; may be called more than once where others change them at the same time.</param>
    public void Change(Func<GateRules, GateRules> change)
    {
        GateRules before;
        GateRules after;
        do
        {
            before = Rules;
            after = change(before);
        }
        while (Interlocked.CompareExchange(ref _rules, after, before) != before);
        if (endsOpenConnections)
            Changed?.Invoke();
    }

    /// <summary>Allows; replaces the target's rule.</summary>
    public void Allow(GateTarget target) => Change(r => r.Allow(target));

    /// <summary>Denies; replaces the target's rule.</summary>
    public void Deny(GateTarget target) => Change(r => r.Deny(target));

    /// <inheritdoc/>
    public bool AllowDial(PeerId? peer, Multiaddress address) => Rules.Allows(peer, address);

    /// <inheritdoc/>
    public bool AllowAccept(Multiaddress remoteAddress) => Rules.Allows(null, remoteAddress);

    /// <inheritdoc/>
    public bool AllowPeer(PeerId peer, Multiaddress remoteAddress, Role role) => Rules.Allows(peer, remoteAddress);
}
