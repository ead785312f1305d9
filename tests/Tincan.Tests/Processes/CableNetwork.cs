using System.ComponentModel;
using System.Diagnostics;

namespace Tincan.Tests.Processes;

/// <summary>Two machines at the ends of one cable: two network namespaces and a pair of virtual interfaces.</summary>
internal sealed class CableNetwork : IDisposable
{
    private const string Prefix = "tcable";
    private readonly string _left = $"{Prefix}l{Environment.ProcessId}";
    private readonly string _right = $"{Prefix}r{Environment.ProcessId}";

    private CableNetwork()
    {
        RemoveLeftovers();
        Run("netns", "add", _left);
        Run("netns", "add", _right);
        Run("-n", _left, "link", "add", "cable", "type", "veth", "peer", "name", "cable", "netns", _right);
        foreach (var end in (string[])[_left, _right])
        {
            Run("-n", end, "link", "set", "lo", "up");
            Run("-n", end, "link", "set", "cable", "up");
        }
        AddAddress(_left, LeftAddress);
        AddAddress(_right, RightAddress);
    }

    public const string LeftAddress = "198.18.0.1";
    public const string RightAddress = "198.18.0.2";
    public const string OtherRightAddress = "198.18.0.3";

    public IReadOnlyList<string> AtLeft => ["ip", "netns", "exec", _left];

    public IReadOnlyList<string> AtRight => ["ip", "netns", "exec", _right];

    /// <summary>Makes it, or skips the test with the reason why that is impossible here.</summary>
    public static CableNetwork CreateOrSkip()
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
            Assert.Skip("Pulling a cable needs root on Linux, for network namespaces.");
        try
        {
            return new CableNetwork();
        }
        catch (InvalidOperationException e)
        {
            Assert.Skip($"Pulling a cable needs `ip netns`: {e.Message}");
            throw;
        }
    }

    /// <summary>Takes the cable out at the right end, and the address with it.</summary>
    public void Pull()
    {
        Run("-n", _right, "link", "set", "cable", "down");
        Run("-n", _right, "addr", "flush", "dev", "cable");
    }

    /// <summary>Puts it in again; the right end gets another address.</summary>
    public void PlugIn()
    {
        AddAddress(_right, OtherRightAddress);
        Run("-n", _right, "link", "set", "cable", "up");
    }

    public void Dispose() => Remove(Environment.ProcessId);

    private static void AddAddress(string end, string address) => Run("-n", end, "addr", "add", $"{address}/15", "dev", "cable");

    /// <summary>Removes what runs left behind that were killed.</summary>
    private static void RemoveLeftovers()
    {
        if (!Directory.Exists("/run/netns"))
            return;
        foreach (var path in Directory.GetFiles("/run/netns", Prefix + "l*"))
        {
            if (int.TryParse(Path.GetFileName(path).AsSpan(Prefix.Length + 1), out var process) && !Directory.Exists($"/proc/{process}"))
                Remove(process);
        }
    }

    private static void Remove(int process)
    {
        // The cable goes with its ends.
        foreach (var end in (string[])[$"{Prefix}l{process}", $"{Prefix}r{process}"])
        {
            if (File.Exists($"/run/netns/{end}"))
                Run("netns", "del", end);
        }
    }

    private static void Run(params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardError = true, UseShellExecute = false })!;
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"`ip {string.Join(' ', arguments)}` said: {error.Trim()}");
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException("there is no command `ip`: apt-get install iproute2", e);
        }
    }
}
