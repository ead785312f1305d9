using System.Net;

namespace Libp2p.Names;

/// <summary>How names are looked up, and the bounds of it.</summary>
public sealed class NameOptions
{
    /// <summary>The servers to ask, in this order; empty for those of the machine.</summary>
    public IList<IPEndPoint> Servers { get; } = [];

    /// <summary>Servers to ask over HTTPS instead (RFC 8484), such as <c>https://dns.example/dns-query</c>. The name of such a server itself is looked up by the platform.</summary>
    public IList<Uri> HttpsServers { get; } = [];

    /// <summary>Asks over HTTPS by GET, which caches on the way can keep, instead of by POST. Default false.</summary>
    public bool HttpsByGet { get; set; }

    /// <summary>What carries the requests over HTTPS, for proxies and pinned certificates; it is not disposed. Null for one of the resolver's own.</summary>
    public HttpMessageHandler? HttpsHandler { get; set; }

    /// <summary>The machine's list of hosts, which comes before every server; empty for none. Default: the platform's.</summary>
    public string HostsFile { get; set; } = SystemNames.DefaultHostsFile;

    /// <summary>Where the machine's servers and search domains are written down; where there is no such file, the network interfaces tell. Default <c>/etc/resolv.conf</c>.</summary>
    public string ResolverFile { get; set; } = "/etc/resolv.conf";

    /// <summary>How long one server may take in the first round; in the n-th it may take n times as long. Default 1 s.</summary>
    public TimeSpan ServerTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often each server is asked. Default 2.</summary>
    public int Rounds { get; set; } = 2;

    /// <summary>How long the addresses of one family are held back for those of the other (RFC 8305, section 3). Default 50 ms.</summary>
    public TimeSpan ResolutionDelay { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The most look-ups at once; others wait. Default 64.</summary>
    public int MaxParallel { get; set; } = 64;

    /// <summary>The most answers that are remembered; beyond it the oldest is forgotten. Default 1,024.</summary>
    public int MaxCached { get; set; } = 1024;

    /// <summary>The longest that an answer is remembered, whatever it says. Default 1 day.</summary>
    public TimeSpan MaxTimeToLive { get; set; } = TimeSpan.FromDays(1);

    /// <summary>The longest that it is remembered that there is no such name. Default 5 min.</summary>
    public TimeSpan MaxNegativeTimeToLive { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Throws where a value makes no sense.</summary>
    /// <exception cref="ArgumentException">With the option's name.</exception>
    public void Validate()
    {
        foreach (var uri in HttpsServers)
        {
            if (!uri.IsAbsoluteUri || uri.Scheme != Uri.UriSchemeHttps)
                throw new ArgumentException($"A server of names over HTTPS has an address that begins with https://, not {uri}.", nameof(HttpsServers));
        }
        ArgumentNullException.ThrowIfNull(HostsFile);
        ArgumentNullException.ThrowIfNull(ResolverFile);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ServerTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ServerTimeout, TimeSpan.FromHours(1));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Rounds);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Rounds, 10);
        ArgumentOutOfRangeException.ThrowIfLessThan(ResolutionDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ResolutionDelay, TimeSpan.FromMinutes(1));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxParallel);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxCached);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxTimeToLive, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxNegativeTimeToLive, TimeSpan.Zero);
    }
}
