using System.Runtime.InteropServices;

namespace Libp2p;

/// <summary>
/// Makes the name of a new file survive a loss of power: on Unix the folder is flushed as well as the file.
/// Some file systems cannot do that and say so; the name then lasts as they are able, as it would have without asking.
/// </summary>
static partial class FolderSync
{
    const int ReadOnly = 0;

    public static void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = Open(folder, ReadOnly);
        if (descriptor < 0)
            return;
        _ = Sync(descriptor);
        _ = Close(descriptor);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
