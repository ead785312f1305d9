using Libp2p.Interop.Tests.Peers;

namespace Libp2p.Benchmarks.Macro;

/// <summary>Where the repository is: above this program.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Tincan.slnx")))
                return folder.FullName;
        }
        throw new PeerException($"no Tincan.slnx above {AppContext.BaseDirectory}: the benchmarks run from the repository");
    }
}
