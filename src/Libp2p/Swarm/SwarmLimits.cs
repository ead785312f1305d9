using System.Globalization;

namespace Libp2p.Swarm;

/// <summary>The bounds of a node's connections and streams. The defaults grow with the memory that this process may use.</summary>
public sealed class SwarmLimits
{
    private static readonly double GiB = Math.Max(1, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1L << 30));

    // Every connection of TCP is an open file. A process that has no more of them cannot even load its own code: the runtime ends it.
    private static readonly int MaxFiles = ReadMaxFiles();

    /// <summary>Connections in all, both ways. Default 128, and 128 more for each GiB, but no more than half of the files that the process may have open.</summary>
    public int MaxConnections { get; set; } = Math.Min(MaxFiles / 2, (int)Math.Min(1_000_000, 128 + (128 * GiB)));

    /// <summary>Connections to one peer. Default 8.</summary>
    public int MaxConnectionsPerPeer { get; set; } = 8;

    /// <summary>Inbound connections from one IPv4 address or IPv6 /56; loopback is exempt. Default 8.</summary>
    public int MaxConnectionsPerAddress { get; set; } = 8;

    /// <summary>Streams in all, both ways. Default 2048, and 2048 more for each GiB.</summary>
    public int MaxStreams { get; set; } = (int)Math.Min(10_000_000, 2048 + (2048 * GiB));

    /// <summary>Inbound streams of one peer, over all its connections. Default 512.</summary>
    public int MaxStreamsPerPeer { get; set; } = 512;

    /// <summary>Inbound streams of one protocol in all. Default 4096.</summary>
    public int MaxStreamsPerProtocol { get; set; } = 4096;

    /// <summary>Inbound streams of one connection whose protocol is negotiated at once; more wait in the muxer. Default 128.</summary>
    public int MaxNegotiating { get; set; } = 128;

    /// <summary>Bytes of buffers rented by the whole node beyond which no new connection or inbound stream is taken. Default 256 MiB, and 64 MiB more for each GiB.</summary>
    public long MaxBuffered { get; set; } = (long)((256 + (64 * GiB)) * 1024 * 1024);

    /// <summary>Throws where a value makes no sense.</summary>
    /// <exception cref="ArgumentOutOfRangeException">With the limit's name.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxConnections);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxConnectionsPerPeer);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxConnectionsPerAddress);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxStreams);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxStreamsPerPeer);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxStreamsPerProtocol);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxNegotiating);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxBuffered);
    }

    private static int ReadMaxFiles()
    {
        const string Name = "Max open files";
        try
        {
            if (OperatingSystem.IsLinux() && File.ReadLines("/proc/self/limits").FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal)) is { } line
                && int.TryParse(line.AsSpan(Name.Length).TrimStart().ToString().Split(' ')[0], CultureInfo.InvariantCulture, out var most))
                return Math.Max(2, most);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Where the system does not tell, memory alone bounds the default.
        }
        return int.MaxValue;
    }
}
