using System.ComponentModel;
using System.Diagnostics;
using System.Net;

namespace Libp2p.Attack.Tests.Support;

/// <summary>
/// A network with one machine to be attacked and thousands of addresses to attack it from: a network namespace at the end of
/// a virtual cable, since limits for each address do not hold on the loopback interface.
/// </summary>
sealed class AttackNetwork : IDisposable
{
    const string Victim = "198.18.0.2";

    const string Prefix = "tincan";

    readonly string _name = $"{Prefix}{Environment.ProcessId}";
    int _lastAddress;

    AttackNetwork()
    {
        RemoveLeftovers();
        Run("ip", "netns", "add", _name);
        Run("ip", "link", "add", $"tc{Environment.ProcessId}", "type", "veth", "peer", "name", "tincan0", "netns", _name);
        Run("ip", "addr", "add", "198.18.0.1/15", "dev", $"tc{Environment.ProcessId}");
        Run("ip", "link", "set", $"tc{Environment.ProcessId}", "up");
        // All of 198.19.x.y (RFC 2544: for tests, never on the internet) are addresses of this machine.
        Run("ip", "route", "add", "local", "198.19.0.0/16", "dev", $"tc{Environment.ProcessId}");
        Run("ip", "-n", _name, "addr", "add", $"{Victim}/15", "dev", "tincan0");
        Run("ip", "-n", _name, "link", "set", "tincan0", "up");
        Run("ip", "-n", _name, "link", "set", "lo", "up");
    }

    /// <summary>Where the victim is.</summary>
    public IPAddress VictimAddress { get; } = IPAddress.Parse(Victim);

    /// <summary>What starts a process at the victim's end.</summary>
    public IReadOnlyList<string> Launcher => ["ip", "netns", "exec", _name];

    /// <summary>Makes it, or skips the test with the reason why that is impossible here.</summary>
    public static AttackNetwork CreateOrSkip()
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
            Assert.Skip("An attack from many addresses needs root on Linux, for a network namespace.");
        try
        {
            return new AttackNetwork();
        }
        catch (InvalidOperationException e)
        {
            Assert.Skip($"An attack from many addresses needs `ip netns`: {e.Message}");
            throw;
        }
    }

    /// <summary>An address that nobody has used yet.</summary>
    public IPAddress NextAddress()
    {
        var number = Interlocked.Increment(ref _lastAddress);
        return new IPAddress([198, 19, (byte)(number / 250), (byte)(1 + (number % 250))]);
    }

    public void Dispose() => Remove(Environment.ProcessId);

    /// <summary>Removes what runs left behind that were killed: two such networks at once would have the same addresses.</summary>
    static void RemoveLeftovers()
    {
        if (!Directory.Exists("/run/netns"))
            return;
        foreach (var path in Directory.GetFiles("/run/netns", Prefix + "*"))
        {
            if (int.TryParse(Path.GetFileName(path).AsSpan(Prefix.Length), out var process) && !Directory.Exists($"/proc/{process}"))
                Remove(process);
        }
    }

    static void Remove(int process)
    {
        // The cable goes with one of its ends.
        if (Directory.Exists($"/sys/class/net/tc{process}"))
            Run("ip", "link", "del", $"tc{process}");
        Run("ip", "netns", "del", $"{Prefix}{process}");
    }

    static void Run(string command, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"`{command} {string.Join(' ', arguments)}` said: {error.Trim()}");
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"there is no command `{command}`: apt-get install iproute2", e);
        }
    }
}
