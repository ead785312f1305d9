using System.Net;
using System.Net.NetworkInformation;

namespace Libp2p.Names;

/// <summary>What the machine says of names: its hosts, its servers. Read anew when a file has changed.</summary>
internal sealed class SystemNames(NameOptions options)
{
    // Some people keep a list of all advertisers there; more than that is no list of hosts.
    private const long MaxFile = 16 * 1024 * 1024;

    private readonly WatchedFile<HostsFile> _hosts = new(options.HostsFile, HostsFile.Parse);
    private readonly WatchedFile<ResolverFile> _resolver = new(options.ResolverFile, ResolverFile.Parse);

    public static string DefaultHostsFile => OperatingSystem.IsWindows()
        ? Path.Combine(Environment.SystemDirectory, "drivers", "etc", "hosts")
        : "/etc/hosts";

    /// <summary>The addresses of a host that the machine's list names; empty where it does not.</summary>
    public IReadOnlyList<IPAddress> FindHost(string name) => _hosts.Read()?.Find(name) ?? [];

    /// <summary>Whom to ask, and how.</summary>
    public ResolverFile Resolver() => _resolver.Read() is { Servers.Count: > 0 } file ? file
        : FromInterfaces() is { Count: > 0 } servers ? new([.. servers], [], 1)
        : new([new(IPAddress.Loopback, 53)], [], 1);

    private static List<IPEndPoint> FromInterfaces()
    {
        try
        {
            return
            [
                .. NetworkInterface.GetAllNetworkInterfaces()
                    .Where(i => i.OperationalStatus == OperationalStatus.Up && i.NetworkInterfaceType != NetworkInterfaceType.Loopback)
                    .SelectMany(i => i.GetIPProperties().DnsAddresses).Distinct().Take(3).Select(a => new IPEndPoint(a, 53)),
            ];
        }
        catch (Exception e) when (e is NetworkInformationException or PlatformNotSupportedException)
        {
            return [];
        }
    }

    /// <summary>A file, read when it is asked for and has changed.</summary>
    private sealed class WatchedFile<T>(string path, Func<string, T> parse)
        where T : class
    {
        private readonly Lock _lock = new();
        private (DateTime Written, long Length) _version;
        private T? _content;

        /// <summary>What is in it; null where it cannot be read.</summary>
        public T? Read()
        {
            if (path.Length == 0)
                return null;
            lock (_lock)
            {
                try
                {
                    var file = new FileInfo(path);
                    var version = file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
                    if (version == _version)
                        return _content;
                    _version = version;
                    _content = version.Length is > 0 and <= MaxFile ? parse(File.ReadAllText(path)) : null;
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    _content = null;
                }
                return _content;
            }
        }
    }
}
