using System.Runtime;

namespace Libp2p.Attack.Target;

/// <summary>What a target tells of itself: a line of JSON.</summary>
public sealed record TargetState
{
    /// <summary>Bytes of live objects and what the collector has not looked at yet.</summary>
    public long Managed { get; init; }

    /// <summary>Bytes of memory that the process has in all.</summary>
    public long Resident { get; init; }

    /// <summary>Bytes of the node's buffers that are out.</summary>
    public long Rented { get; init; }

    public int Sockets { get; init; }

    public int Connections { get; init; }

    /// <summary>Muxer sessions that have not ended; as many as connections, unless some were lost on the way.</summary>
    public int Sessions { get; init; }

    public int Streams { get; init; }

    public long Timers { get; init; }

    /// <summary>Connected peers whose gossipsub score is below zero.</summary>
    public int Blamed { get; init; }

    /// <summary>Topics of pubsub that it knows of.</summary>
    public int Topics { get; init; }

    /// <summary>Exceptions that nobody caught, and errors of handlers: none is allowed.</summary>
    public IReadOnlyList<string> Failures { get; init; } = [];

    internal static void Collect()
    {
        for (var i = 0; i < 2; i++)
        {
            GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }
    }

    internal static int CountSockets()
    {
        var count = 0;
        foreach (var entry in Directory.EnumerateFileSystemEntries("/proc/self/fd"))
        {
            try
            {
                if (new FileInfo(entry).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true)
                    count++;
            }
            catch (IOException)
            {
                // It was closed since it was listed.
            }
        }
        return count;
    }
}
