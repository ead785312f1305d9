using System.Security.Cryptography;

namespace Libp2p.Interop.Tests.Peers;

/// <summary>The folder of one real peer under <c>interop/</c>, installed or refused with the command that installs it.</summary>
public static class InteropFolder
{
    /// <summary>The folder of <paramref name="peer"/>.</summary>
    /// <exception cref="PeerException">It is not installed, or installed from another lock file.</exception>
    public static string Installed(string peer)
    {
        var folder = Path.Combine(RepositoryRoot, "interop", peer);
        var stamp = Path.Combine(folder, "node_modules", ".installed-lock");
        if (!File.Exists(stamp))
            throw new PeerException($"interop/{peer} is not installed: run interop/install.sh");
        var hash = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, "package-lock.json"))));
        if (File.ReadAllText(stamp).Trim() != hash)
            throw new PeerException($"interop/{peer} is installed from another package-lock.json: run interop/install.sh");
        return folder;
    }

    /// <summary>The repository's root.</summary>
    public static string RepositoryRoot { get; } = FindRoot();

    static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Tincan.slnx")))
                return folder.FullName;
        }
        throw new PeerException($"no Tincan.slnx above {AppContext.BaseDirectory}: the interop tests run from the repository");
    }
}
