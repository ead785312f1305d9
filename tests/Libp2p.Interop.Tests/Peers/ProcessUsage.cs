using System.Globalization;

namespace Libp2p.Interop.Tests.Peers;

/// <summary>What a process holds and has used: resident bytes, and the CPU time of all its threads since it began.</summary>
public readonly record struct ProcessUsage(long ResidentBytes, TimeSpan CpuTime)
{
    // USER_HZ, the unit of the times in /proc/PID/stat, is 100 on every Linux that .NET runs on.
    const int TicksPerSecond = 100;

    /// <summary>Reads it from /proc.</summary>
    public static ProcessUsage Of(int processId)
    {
        var resident = File.ReadLines($"/proc/{processId}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        var kilobytes = resident.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];

        // The second field is the program's name in parentheses and may hold anything: count from its end.
        var stat = File.ReadAllText($"/proc/{processId}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var ticks = Parse(fields[11]) + Parse(fields[12]);
        return new ProcessUsage(Parse(kilobytes) * 1024, TimeSpan.FromSeconds((double)ticks / TicksPerSecond));
    }

    static long Parse(string number) => long.Parse(number, CultureInfo.InvariantCulture);
}
