using System.Globalization;
using System.Text;
using Libp2p;
using Libp2p.Sqlite;
using Microsoft.Extensions.Logging;

namespace Tincan.Commands;

/// <summary>The one folder in which a person's chat lives: the key file, the history, and the lock that keeps a second process out.</summary>
internal sealed class DataFolder
{
    private const string KeyFileName = "identity.key";
    private const string LockFileName = "tincan.lock";
    private const string HolderFileName = "tincan.holder";
    private const int MaxHolderLength = 200;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private DataFolder(string path) => Path = path;

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The file that keeps the identity.</summary>
    public string KeyPath => System.IO.Path.Combine(Path, KeyFileName);

    /// <summary>The database that keeps the history.</summary>
    public string HistoryPath => System.IO.Path.Combine(Path, "history.db");

    /// <summary>The file that keeps what is known of peers.</summary>
    public string PeersPath => System.IO.Path.Combine(Path, "peers.db");

    /// <summary>The log of a live view, whose standard error is the view's own terminal.</summary>
    public string LogPath => System.IO.Path.Combine(Path, "tincan.log");

    private string LockPath => System.IO.Path.Combine(Path, LockFileName);

    private string HolderPath => System.IO.Path.Combine(Path, HolderFileName);

    /// <summary>The folder that was asked for, or the platform's folder for the data of programs. Creates nothing yet.</summary>
    /// <exception cref="CommandException">There is no such folder on this machine.</exception>
    public static DataFolder At(string? path)
    {
        if (path is { Length: > 0 })
            return new DataFolder(System.IO.Path.GetFullPath(path));
        var parent = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return parent.Length > 0
            ? new DataFolder(System.IO.Path.Combine(parent, "tincan"))
            : throw new CommandException("this account has no folder for the data of programs", "name one with --data, or keep nothing with --guest");
    }

    /// <summary>Makes the folder where there is none, and takes it for this process until the result is disposed.</summary>
    /// <param name="holder">What this process is, for whoever finds the folder taken.</param>
    /// <exception cref="CommandException">Another process has it, or it cannot be written.</exception>
    public IDisposable Lock(string holder)
    {
        try
        {
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(Path);
            else
                Directory.CreateDirectory(Path, OwnerOnly | UnixFileMode.UserExecute);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(e);
        }
        // The system ends this lock with the process that holds it, however that ends: what is left of a crash is taken over as it is.
        FileStream file;
        try
        {
            file = new FileStream(LockPath, Options(FileShare.None));
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or PathTooLongException) && IsHeld(e))
        {
            throw new CommandException(
                $"the data folder {Path} is in use by {ReadHolder()}", "end that one, or start this one with --guest or another --data DIR");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(e);
        }
        try
        {
            WriteHolder(holder);
            return new Held(this, file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file.Dispose();
            throw Unwritable(e);
        }
    }

    /// <summary>Loads the identity, or makes one on the first run.</summary>
    /// <exception cref="KeyFileException">The file cannot be used.</exception>
    public ValueTask<Identity> LoadOrCreateIdentityAsync(CancellationToken cancellationToken) =>
        KeyFile.LoadOrCreateAsync(KeyPath, KeyType.Ed25519, cancellationToken);

    /// <summary>Opens what is known of peers, for a node that disposes of it.</summary>
    /// <exception cref="CommandException">The file cannot be used; it is left as it is.</exception>
    public IPeerStore OpenPeerStore(NodeContext node)
    {
        try
        {
            return SqlitePeerStore.Open(PeersPath, timeProvider: node.TimeProvider, logger: node.LoggerFactory.CreateLogger<SqlitePeerStore>());
        }
        catch (PeerStoreFileException e)
        {
            throw e.IsDamaged
                ? new CommandException($"the file {PeersPath}, which keeps what is known of peers, is damaged", "move it away: a fresh one is made")
                : new CommandException($"the file {PeersPath}, which keeps what is known of peers, cannot be used ({FailureLine.Of(e.InnerException ?? e).What})", "choose another folder with --data DIR, or keep nothing with --guest");
        }
    }

    // EWOULDBLOCK on Linux and on macOS, ERROR_SHARING_VIOLATION on Windows.
    private static bool IsHeld(IOException e) => (e.HResult & 0xffff) is 11 or 35 or 32;

    private static FileStreamOptions Options(FileShare share)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        return options;
    }

    private void WriteHolder(string holder)
    {
        using var file = new FileStream(HolderPath, Options(FileShare.ReadWrite));
        file.SetLength(0);
        file.Write(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"process {Environment.ProcessId} ({holder}, since {TimeProvider.System.GetUtcNow():yyyy-MM-dd HH:mm:ss} UTC)\n")));
    }

    private string ReadHolder()
    {
        try
        {
            var text = File.ReadAllText(HolderPath).Trim();
            return text.Length == 0 ? "another process" : PrintableText.Escape(text, MaxHolderLength);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is being written at this moment, or is another user's: that the folder is taken is known all the same.
            return "another process";
        }
    }

    private CommandException Unwritable(Exception e)
    {
        var line = FailureLine.Of(e);
        return new CommandException($"the data folder {Path} cannot be written ({line.What})", "choose another with --data DIR, or keep nothing with --guest");
    }

    private sealed class Held(DataFolder folder, FileStream file) : IDisposable
    {
        public void Dispose()
        {
            // The lock file itself stays: deleting it would let two processes lock two files of one name.
            try
            {
                File.Delete(folder.HolderPath);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The note is only for those who find the lock taken, and it is free from here on.
            }
            file.Dispose();
        }
    }
}
