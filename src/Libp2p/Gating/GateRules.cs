using System.Collections.Immutable;

namespace Libp2p.Gating;

/// <summary>
/// Who may connect and who may not: a rule a target. The most specific rule decides: one for the peer, then one for the longest
/// beginning of the address, then one for the smallest subnet, then one for everyone; where there is none, it is allowed.
/// Immutable: each change gives new rules.
/// </summary>
public sealed class GateRules
{
    private readonly ImmutableDictionary<GateTarget, bool> _rules;
    private readonly int[] _lengthsV4;
    private readonly int[] _lengthsV6;
    private readonly int _mostParts;
    private readonly bool _allowsPeers;

    private GateRules(ImmutableDictionary<GateTarget, bool> rules)
    {
        _rules = rules;
        _lengthsV4 = Lengths(isV6: false);
        _lengthsV6 = Lengths(isV6: true);
        _mostParts = rules.Keys.Max(t => t.Address?.Parts.Count) ?? 0;
        _allowsPeers = rules.Any(r => r.Key.Peer is not null && r.Value);
    }

    /// <summary>No rules: everyone may connect.</summary>
    public static GateRules Empty { get; } = new(ImmutableDictionary<GateTarget, bool>.Empty);

    /// <summary>Who is allowed by a rule.</summary>
    public IEnumerable<GateTarget> Allowed => _rules.Where(r => r.Value).Select(r => r.Key);

    /// <summary>Who is denied by a rule.</summary>
    public IEnumerable<GateTarget> Denied => _rules.Where(r => !r.Value).Select(r => r.Key);

    /// <summary>These rules, and one that allows; it replaces the target's own.</summary>
    public GateRules Allow(GateTarget target) => new(_rules.SetItem(target, true));

    /// <summary>These rules, and one that denies; it replaces the target's own.</summary>
    public GateRules Deny(GateTarget target) => new(_rules.SetItem(target, false));

    /// <summary>These rules without the target's own.</summary>
    public GateRules Remove(GateTarget target) => new(_rules.Remove(target));

    /// <summary>May this peer connect, from or to this address?</summary>
    /// <param name="peer">Null where it is not known yet who it is: denied then only where no peer at all could be allowed there.</param>
    /// <param name="address">The address.</param>
    public bool Allows(PeerId? peer, Multiaddress address)
    {
        if (peer is not null && _rules.TryGetValue(GateTarget.Of(peer), out var allowed))
            return allowed;
        return (ByAddress(address) ?? BySubnet(address) ?? ByDefault()) || (peer is null && _allowsPeers);
    }

    private bool? ByAddress(Multiaddress address)
    {
        for (var parts = Math.Min(_mostParts, address.Parts.Count); parts > 0; parts--)
        {
            var beginning = parts == address.Parts.Count ? address : Multiaddress.FromParts([.. address.Parts.Take(parts)]);
            if (beginning.PeerId is null && _rules.TryGetValue(GateTarget.Of(beginning), out var allowed))
                return allowed;
        }
        return null;
    }

    private bool? BySubnet(Multiaddress address)
    {
        if ((_lengthsV4.Length == 0 && _lengthsV6.Length == 0) || !address.TryGetIPAddress(out var ip))
            return null;
        var host = Subnet.Of(ip);
        foreach (var length in host.IsV6 ? _lengthsV6 : _lengthsV4)
        {
            if (_rules.TryGetValue(GateTarget.Of(host.Widen(length)), out var allowed))
                return allowed;
        }
        return null;
    }

    private bool ByDefault() => !_rules.TryGetValue(GateTarget.Everyone, out var allowed) || allowed;

    /// <summary>The lengths that subnets have, the smallest subnet first.</summary>
    private int[] Lengths(bool isV6) =>
        [.. _rules.Keys.Where(t => t.Subnet is { } s && s.IsV6 == isV6).Select(t => t.Subnet!.Value.Length).Distinct().OrderDescending()];
}
