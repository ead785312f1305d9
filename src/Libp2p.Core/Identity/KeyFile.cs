using System.Security.Cryptography;
using System.Text;

namespace Libp2p;

/// <summary>
/// Keeps an identity in a file: one line of text, as <see cref="Identity.Export"/> gives it. A file appears whole or not at all,
/// readable by its owner alone, and is never written again: a file that is damaged, empty or unreadable is an error to be looked
/// at by a person, as a node that silently took a new identity would be lost to everyone who knew it.
/// </summary>
/// <remarks>
/// Like ssh, it refuses a file that others than the owner may read or write (on Unix): the key may be known to them already,
/// which tightening the mode in silence would hide.
/// </remarks>
public static class KeyFile
{
    /// <summary>The most bytes of a key file that are read; the largest key needs fewer.</summary>
    public const int MaxLength = 8 * 1024;

    const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    const UnixFileMode OthersMask =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Loads the identity of a file, or makes a new one and its file where there is none.</summary>
    /// <param name="path">The file; the folder is made where there is none, for the owner alone.</param>
    /// <param name="type">The type of a new key; a key that is there keeps its own.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="KeyFileException">The file is there and cannot be used, or cannot be written.</exception>
    public static async ValueTask<Identity> LoadOrCreateAsync(
        string path, KeyType type = KeyType.Ed25519, CancellationToken cancellationToken = default)
    {
        if (await TryLoadAsync(path, cancellationToken) is { } existing)
            return existing;
        var identity = Identity.Generate(type);
        try
        {
            if (await TryCreateAsync(path, identity, cancellationToken))
                return identity;
        }
        catch
        {
            identity.Dispose();
            throw;
        }
        // Another process was faster: its key is the one.
        identity.Dispose();
        return await LoadAsync(path, cancellationToken);
    }

    /// <summary>Loads the identity of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="KeyFileException">There is no such file, or it cannot be used.</exception>
    public static async ValueTask<Identity> LoadAsync(string path, CancellationToken cancellationToken = default) =>
        await TryLoadAsync(path, cancellationToken)
        ?? throw new KeyFileException(path, $"There is no key file {path}. Create one, or check the path.");

    /// <summary>Writes the identity into a new file of mode 0600; a file that is there already stays as it is.</summary>
    /// <param name="path">The file; the folder is made where there is none, for the owner alone.</param>
    /// <param name="identity">The identity; the caller keeps it.</param>
    /// <param name="cancellationToken">Ends the waiting; the file is there whole or not at all.</param>
    /// <exception cref="KeyFileException">There is such a file already, or it cannot be written.</exception>
    public static async ValueTask CreateAsync(string path, Identity identity, CancellationToken cancellationToken = default)
    {
        if (!await TryCreateAsync(path, identity, cancellationToken))
            throw new KeyFileException(path, $"There is a key file {path} already. Move it away first if a new identity is wanted.");
    }

    static async ValueTask<Identity?> TryLoadAsync(string path, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var bytes = new byte[MaxLength + 1];
        var text = new char[MaxLength + 1];
        try
        {
            var length = await ReadAsync(path, bytes, cancellationToken);
            if (length < 0)
                return null;
            if (length > MaxLength)
                throw Damaged(path, $"it has more than {MaxLength} bytes");
            for (var i = 0; i < length; i++)
                text[i] = (char)bytes[i];
            return Identity.TryImport(text.AsSpan(0, length), out var identity, out var error)
                ? identity
                : throw Damaged(path, length == 0 ? "it is empty" : $"{char.ToLowerInvariant(error[0])}{error[1..].TrimEnd('.')}");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
            Array.Clear(text);
        }
    }

    // The number of bytes read, or -1 where there is no such file.
    static async ValueTask<int> ReadAsync(string path, byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            // No buffer inside the stream: it would keep a copy of the secret.
            await using var file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.Open,
                Access = FileAccess.Read,
                Share = FileShare.ReadWrite | FileShare.Delete,
                Options = FileOptions.Asynchronous,
                BufferSize = 0,
            });
            // The mode of the file that is open, not of what the name may mean by then.
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(file.SafeFileHandle) & OthersMask) != 0)
            {
                throw new KeyFileException(
                    path, $"The key file {path} is open to other users, who may know the key. If it is still yours alone: chmod 600 {path}");
            }
            return await file.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return -1;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new KeyFileException(path, $"The key file {path} cannot be read ({Cause(path, e)}). Check that it is a file and yours.", e);
        }
    }

    static async ValueTask<bool> TryCreateAsync(string path, Identity identity, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(identity);
        var bytes = Encoding.ASCII.GetBytes(identity.Export() + "\n");
        try
        {
            var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            CreateFolder(folder);
            var temporary = Path.Combine(folder, $".{Path.GetFileName(path)}.{Path.GetRandomFileName()}");
            try
            {
                await WriteAsync(temporary, bytes, cancellationToken);
                if (!AtomicFile.TryPublish(temporary, path))
                    return false;
            }
            finally
            {
                File.Delete(temporary);
            }
            AtomicFile.FlushFolder(folder);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new KeyFileException(path, $"The key file {path} cannot be written ({Cause(path, e)}). Choose a folder that is yours.", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    static async ValueTask WriteAsync(string path, byte[] bytes, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.None,
            Options = FileOptions.Asynchronous,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        await using var file = new FileStream(path, options);
        await file.WriteAsync(bytes, cancellationToken);
        file.Flush(flushToDisk: true);
    }

    static void CreateFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
    }

    static KeyFileException Damaged(string path, string cause) => new(
        path, $"The key file {path} is damaged: {cause}. Restore it from a copy, or move it away to begin with a new identity.");

    static string Cause(string path, Exception e) => e switch
    {
        _ when Directory.Exists(path) => "it is a folder",
        UnauthorizedAccessException => "access is denied",
        _ => e.Message.ReplaceLineEndings(" ").TrimEnd('.'),
    };
}
