namespace Libp2p.Sqlite.Tests;

/// <summary>A folder that lives as long as a test.</summary>
internal sealed class StoreFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("libp2p-peers-").FullName;

    public string File(string name = "peers.db") => Path.Combine(_path, name);

    public string[] Files => [.. Directory.GetFiles(_path).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];

    /// <summary>A file as a process that was killed at this moment leaves it behind.</summary>
    public string Image(string path)
    {
        var image = File($"image{Files.Length}.db");
        foreach (var suffix in (string[])["", "-wal"])
        {
            using var from = new FileStream(path + suffix, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var to = System.IO.File.Create(image + suffix);
            from.CopyTo(to);
        }
        return image;
    }

    public void Dispose() => Directory.Delete(_path, recursive: true);

    public static SqlitePeerStoreOptions Options(PeerStoreOptions? bounds = null)
    {
        var options = new SqlitePeerStoreOptions();
        if (bounds is not null)
        {
            options.Bounds.MaxPeers = bounds.MaxPeers;
            options.Bounds.MaxBytes = bounds.MaxBytes;
            options.Bounds.MaxAddresses = bounds.MaxAddresses;
            options.Bounds.MaxAddressesConnected = bounds.MaxAddressesConnected;
        }
        return options;
    }
}
