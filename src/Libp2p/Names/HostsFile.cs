using System.Net;

namespace Libp2p.Names;

/// <summary>What the machine's own list of hosts says.</summary>
internal sealed class HostsFile
{
    private readonly Dictionary<string, List<IPAddress>> _hosts = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads the file's text; lines that it does not know are passed over, as everywhere.</summary>
    public static HostsFile Parse(string text)
    {
        var file = new HostsFile();
        foreach (var range in text.AsSpan().Split('\n'))
        {
            var line = text.AsSpan()[range];
            if (line.IndexOf('#') is >= 0 and var comment)
                line = line[..comment];
            var words = line.ToString().Split((char[])[' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 2 || !IPAddress.TryParse(words[0], out var address))
                continue;
            foreach (var name in words.Skip(1))
            {
                if (!file._hosts.TryGetValue(name, out var addresses))
                    file._hosts.Add(name, addresses = []);
                addresses.Add(address);
            }
        }
        return file;
    }

    /// <summary>The addresses of a host; empty where the file does not name it.</summary>
    public IReadOnlyList<IPAddress> Find(string name) => _hosts.TryGetValue(name, out var addresses) ? addresses : [];
}
