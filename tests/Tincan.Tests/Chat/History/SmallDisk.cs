using System.Diagnostics;

namespace Tincan.Tests.Chat.History;

/// <summary>A disk that is soon full: a file system in memory, for root alone.</summary>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string path) => Path = path;

    public string Path { get; }

    /// <summary>Mounts one; null where this process may not.</summary>
    public static SmallDisk? TryMount(string path, int megabytes)
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root")
            return null;
        Directory.CreateDirectory(path);
        return Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", path) ? new SmallDisk(path) : null;
    }

    public void Dispose() => Run("umount", "-l", Path);

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
