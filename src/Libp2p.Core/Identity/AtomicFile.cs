using System.Runtime.InteropServices;

namespace Libp2p;

/// <summary>What a file needs to appear under its name whole, once, and for good, and the base class library does not offer.</summary>
static partial class AtomicFile
{
    const int FileExists = 17;
    const int ReadOnly = 0;
    const int NoSuchDevice = 6;
    const int NotSupportedByMac = 102;

    /// <summary>
    /// Gives a finished file its name unless there is such a file; of several who try at once exactly one succeeds.
    /// On Unix that takes a hard link: <see cref="File.Move(string, string, bool)"/> looks first and then renames over whatever came between.
    /// </summary>
    /// <param name="temporary">The finished file, in the same folder.</param>
    /// <param name="path">The name that it is to have.</param>
    /// <returns>False where the name is taken; the temporary file is then still there.</returns>
    /// <exception cref="IOException">The operating system refused for another reason.</exception>
    public static bool TryPublish(string temporary, string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            if (Link(temporary, path) == 0)
            {
                File.Delete(temporary);
                return true;
            }
            if (Marshal.GetLastPInvokeError() == FileExists)
                return false;
            // Some file systems have no hard links; there the move below is the best that there is.
        }
        try
        {
            File.Move(temporary, path, overwrite: false);
            return true;
        }
        catch (IOException) when (Path.Exists(path))
        {
            return false;
        }
    }

    /// <summary>
    /// Makes the names in a folder survive a loss of power. Some file systems cannot and say so; names then last as long as they are
    /// able to keep them, as they would have without asking.
    /// </summary>
    public static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = Open(folder, ReadOnly);
        if (descriptor < 0)
            return;
        _ = Sync(descriptor);
        _ = Close(descriptor);
    }

    /// <summary>Whether a name is that of a Unix socket: the one kind of file that cannot be opened for being what it is.</summary>
    public static bool IsSocket(string path)
    {
        if (OperatingSystem.IsWindows())
            return File.GetAttributes(path).HasFlag(FileAttributes.ReparsePoint);
        // Without waiting: another process may hold the other end of a named pipe.
        var descriptor = Open(path, OperatingSystem.IsLinux() ? 0x800 : 0x4);
        if (descriptor < 0)
            return Marshal.GetLastPInvokeError() is NoSuchDevice or NotSupportedByMac;
        _ = Close(descriptor);
        return false;
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string name);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
