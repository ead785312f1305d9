using System.Globalization;
using Libp2p.Swarm;

namespace Libp2p.Tests.Swarm;

public class SwarmLimitsTests
{
    [Fact]
    public void By_default_connections_leave_half_of_the_files_that_the_process_may_open()
    {
        var limits = new SwarmLimits();
        limits.Validate();
        Assert.InRange(limits.MaxConnections, 1, 1_000_000);
        if (!OperatingSystem.IsLinux())
            return;
        var line = File.ReadLines("/proc/self/limits").Single(l => l.StartsWith("Max open files", StringComparison.Ordinal));
        var most = int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3], CultureInfo.InvariantCulture);
        Assert.True(limits.MaxConnections <= most / 2, $"{limits.MaxConnections} connections of {most} files.");
    }
}
