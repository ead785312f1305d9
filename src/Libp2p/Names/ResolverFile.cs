using System.Globalization;
using System.Net;

namespace Libp2p.Names;

/// <summary>What <c>resolv.conf</c> says.</summary>
/// <param name="Servers">Whom to ask, at most three.</param>
/// <param name="SearchDomains">What is put behind a short name, at most six.</param>
/// <param name="Dots">A name with fewer dots is short.</param>
internal sealed record ResolverFile(IReadOnlyList<IPEndPoint> Servers, IReadOnlyList<string> SearchDomains, int Dots)
{
    private const int Port = 53;
    private const int MaxServers = 3;
    private const int MaxSearchDomains = 6;
    private const int MaxDots = 15;

    /// <summary>The names to ask for in the place of one: a short one first with each search domain behind it, and then as it is.</summary>
    public IEnumerable<(string Name, bool IsSearched)> Candidates(string name)
    {
        if (!name.EndsWith('.') && name.Count(c => c == '.') < Dots)
        {
            foreach (var domain in SearchDomains)
                yield return ($"{name}.{domain}", true);
        }
        yield return (name, false);
    }

    /// <summary>Reads the file's text; lines that it does not know are passed over, as everywhere.</summary>
    public static ResolverFile Parse(string text)
    {
        var servers = new List<IPEndPoint>();
        IReadOnlyList<string> search = [];
        var dots = 1;
        foreach (var line in text.Split('\n'))
        {
            var words = line.Split((char[])[' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            switch (words)
            {
                case ["nameserver", var server, ..] when servers.Count < MaxServers && IPAddress.TryParse(server, out var address):
                    servers.Add(new(address, Port));
                    break;
                case ["search" or "domain", ..]:
                    search = [.. words.Skip(1).Take(MaxSearchDomains)];
                    break;
                case ["options", ..]:
                    foreach (var option in words.Skip(1))
                    {
                        if (option.StartsWith("ndots:", StringComparison.Ordinal) && int.TryParse(option.AsSpan(6), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                            dots = Math.Min(number, MaxDots);
                    }
                    break;
            }
        }
        return new(servers, search, dots);
    }
}
