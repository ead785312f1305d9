using System.Diagnostics;

namespace Libp2p.Tests.Support;

/// <summary>Runs one explicit test in a process of its own: one that would change the whole process, or may end it.</summary>
static class OwnProcess
{
    /// <summary>Runs it; fails, with what it printed, where it does not pass or the process ends otherwise.</summary>
    /// <param name="test">The class of the test.</param>
    /// <param name="method">The test's name.</param>
    /// <param name="variable">A variable that is set for it.</param>
    /// <param name="value">The variable's value.</param>
    public static async Task PassesAsync(Type test, string method, string variable, string value)
    {
        string[] arguments = [test.Assembly.Location, "-noLogo", "-noColor", "-method", $"{test.FullName}.{method}", "-explicit", "only"];
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments)
        {
            Environment = { [variable] = value },
            RedirectStandardOutput = true,
        })!;
        var output = await process.StandardOutput.ReadToEndAsync(TestNodes.Patience);
        await process.WaitForExitAsync(TestNodes.Patience);
        Assert.True(process.ExitCode == 0 && output.Contains("Total: 1,", StringComparison.Ordinal), $"It ended with {process.ExitCode}.\n{output}");
    }
}
