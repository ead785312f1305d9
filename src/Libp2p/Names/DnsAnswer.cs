namespace Libp2p.Names;

/// <summary>Reads an answer: what it gives, where it says to go on asking, and for how long that holds.</summary>
/// <param name="Records">The records that were asked for; empty where there are none, or none here.</param>
/// <param name="Alias">The name to ask for instead, where the answer ends at it; null where it is complete.</param>
/// <param name="TimeToLive">For how long it holds.</param>
/// <param name="Steps">How many names led to it.</param>
internal sealed record DnsAnswer(IReadOnlyList<DnsRecord> Records, DnsName? Alias, TimeSpan TimeToLive, int Steps)
{
    /// <summary>
    /// Follows the names from the one that was asked for, and takes what stands under the last. What stands under others was not
    /// asked for and is not believed.
    /// </summary>
    public static DnsAnswer Read(DnsMessage message, DnsName name, DnsType type, int maxSteps)
    {
        var (current, seconds, steps) = (name, uint.MaxValue, 0);
        while (true)
        {
            List<DnsRecord> found = [.. message.Answers.Where(r => r.Type == type && r.Name.Equals(current))];
            if (found.Count > 0)
                return new(found, null, TimeSpan.FromSeconds(Math.Min(seconds, found.Min(r => r.TimeToLive))), steps);
            var alias = message.Answers.OfType<DnsNameRecord>().FirstOrDefault(r => r.Type == DnsType.Cname && r.Name.Equals(current));
            if (alias is null || steps >= maxSteps)
                break;
            (current, seconds, steps) = (alias.Target, Math.Min(seconds, alias.TimeToLive), steps + 1);
        }
        if (message.ResponseCode != DnsResponseCode.NameError && steps > 0)
            return new([], current, TimeSpan.FromSeconds(seconds), steps);

        // For how long there is none, the zone says (RFC 2308, section 5); without it nobody knows.
        var zone = message.Authorities.OfType<DnsZoneRecord>().FirstOrDefault();
        return new([], null, TimeSpan.FromSeconds(zone is null ? 0 : Math.Min(seconds, Math.Min(zone.TimeToLive, zone.Minimum))), steps);
    }
}
