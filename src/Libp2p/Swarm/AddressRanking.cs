namespace Libp2p.Swarm;

/// <summary>An address and when its attempt starts, counted from the start of the dial.</summary>
internal readonly record struct RankedAddress(Multiaddress Address, TimeSpan Delay);

/// <summary>
/// In which order the addresses of a peer are tried, and how far apart. Local addresses (this machine, its networks) have a
/// short lead over public ones; both go on side by side. Within each: QUIC, then what runs over TCP, then the rest; within
/// each of these IPv6 and IPv4 in turn (RFC 8305, section 4), else in the order given. Relayed addresses come after every
/// direct one.
/// </summary>
internal static class AddressRanking
{
    // A peer with many addresses is not worth waiting for each: after the first of either family the rest of a kind starts together.
    private const int StaggeredPerKind = 2;

    // WebRTC and its like take several round trips more than any other; they are for peers that have nothing else.
    private const int StepsBeforeOther = 4;

    private enum Kind
    {
        Quic,
        Stream,
        Other,
    }

    /// <summary>Ranks addresses; the result is in the order of starting.</summary>
    public static IReadOnlyList<RankedAddress> Rank(IReadOnlyList<Multiaddress> addresses, DialOptions options)
    {
        var relayed = addresses.Where(IsRelayed).ToList();
        var direct = addresses.Where(a => !IsRelayed(a)).ToLookup(IsLocal);
        var ranked = new List<RankedAddress>(addresses.Count);
        AddGroup(ranked, direct[true], options.LocalStagger, TimeSpan.Zero);
        AddGroup(ranked, direct[false], options.PublicStagger, ranked.Count > 0 ? options.LocalStagger : TimeSpan.Zero);
        AddGroup(ranked, relayed, options.PublicStagger, ranked.Count > 0 ? ranked.Max(r => r.Delay) + options.RelayDelay : TimeSpan.Zero);
        return [.. ranked.OrderBy(r => r.Delay)];
    }

    private static void AddGroup(List<RankedAddress> ranked, IEnumerable<Multiaddress> addresses, TimeSpan step, TimeSpan start)
    {
        var first = true;
        var last = start;
        foreach (var kind in addresses.GroupBy(KindOf).OrderBy(g => g.Key))
        {
            if (!first)
                start = last + (kind.Key == Kind.Other ? step * StepsBeforeOther : step);
            first = false;
            var position = 0;
            foreach (var address in TakeInTurn(kind))
            {
                last = start + (step * Math.Min(position++, StaggeredPerKind));
                ranked.Add(new(address, last));
            }
        }
    }

    /// <summary>IPv6 (or a name, which may be either) first, then IPv4, then IPv6 again, until one is used up.</summary>
    private static IEnumerable<Multiaddress> TakeInTurn(IEnumerable<Multiaddress> addresses)
    {
        var byPreference = addresses.OrderBy(Preference).ToLookup(IsIPv4);
        var (six, four) = (byPreference[false].ToList(), byPreference[true].ToList());
        for (var i = 0; i < Math.Max(six.Count, four.Count); i++)
        {
            if (i < six.Count)
                yield return six[i];
            if (i < four.Count)
                yield return four[i];
        }
    }

    private static Kind KindOf(Multiaddress address)
    {
        var way = Way(address);
        if (way.Contains(MultiaddressProtocols.WebRtcDirect) || way.Contains(MultiaddressProtocols.WebRtc))
            return Kind.Other;
        if (way.Contains(MultiaddressProtocols.QuicV1) || way.Contains(MultiaddressProtocols.Quic))
            return Kind.Quic;
        return way.Contains(MultiaddressProtocols.Tcp) || way.Contains(MultiaddressProtocols.Memory) || way.Contains(MultiaddressProtocols.Unix) ? Kind.Stream : Kind.Other;
    }

    /// <summary>Within a kind, what has fewer layers and round trips first.</summary>
    private static int Preference(Multiaddress address)
    {
        var way = Way(address);
        if (way.Contains(MultiaddressProtocols.WebTransport))
            return 2;
        if (way.Contains(MultiaddressProtocols.Quic))
            return 1;
        var web = way.Contains(MultiaddressProtocols.Ws) || way.Contains(MultiaddressProtocols.Wss) || way.Contains(MultiaddressProtocols.Tls);
        return web ? 1 : 0;
    }

    /// <summary>The protocols up to a relay: those behind it do not say how it is reached.</summary>
    private static List<MultiaddressProtocol> Way(Multiaddress address) =>
        [.. address.Parts.Select(p => p.Protocol).TakeWhile(p => p != MultiaddressProtocols.P2pCircuit)];

    private static bool IsRelayed(Multiaddress address) => address.Contains(MultiaddressProtocols.P2pCircuit);

    private static bool IsIPv4(Multiaddress address) =>
        address.Parts[0].Protocol == MultiaddressProtocols.Ip4 || address.Parts[0].Protocol == MultiaddressProtocols.Dns4;

    private static bool IsLocal(Multiaddress address) => address.Scope
        is AddressScope.Memory or AddressScope.Loopback or AddressScope.LinkLocal or AddressScope.Private or AddressScope.Unspecified;
}
