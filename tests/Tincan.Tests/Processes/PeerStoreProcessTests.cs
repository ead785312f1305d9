using Libp2p;
using Libp2p.Sqlite;

namespace Tincan.Tests.Processes;

/// <summary>What a chat knows of peers outlives it.</summary>
public sealed class PeerStoreProcessTests
{
    [Fact]
    public async Task What_is_known_of_a_peer_survives_a_kill()
    {
        using var folder = new ScratchFolder();
        await using var friend = await TincanProcess.StartChatAsync();
        await using (var killed = await TincanProcess.StartChatAsync("--data", folder.Path, "--dial", friend.Address))
        {
            await killed.WaitForAsync("connect");

            // A second at most, and the machine may be busy: until it is in the log that a killed process leaves behind.
            var log = new FileInfo(folder.File("peers.db-wal"));
            var patience = TimeProvider.System.GetTimestamp();
            while (!Holds(log, friend.Peer))
                Assert.True(TimeProvider.System.GetElapsedTime(patience) < TincanProcess.Patience, "Nothing was written down.");
            killed.Signal(TincanProcess.SigKill);
            await killed.WaitForEndAsync();
        }
        await using (var store = SqlitePeerStore.Open(folder.File("peers.db")))
        {
            var known = (await store.GetAsync(PeerId.Parse(friend.Peer)))!;
            Assert.Contains(Multiaddress.Parse(friend.Address).WithoutPeerId(), known.Addresses);
        }
        await using var again = await TincanProcess.StartChatAsync("--data", folder.Path);
    }

    [Fact]
    public async Task A_damaged_file_is_said_and_left_as_it_is()
    {
        using var folder = new ScratchFolder();
        var bytes = new byte[3000];
        new Random(5).NextBytes(bytes);
        await File.WriteAllBytesAsync(folder.File("peers.db"), bytes);
        var ended = await TincanProcess.RunAsync("chat", "--data", folder.Path);
        Assert.Equal(1, ended.ExitCode);
        Failures.AssertOneLine(ended);
        Assert.Contains("peers.db", ended.Errors, StringComparison.Ordinal);
        Assert.Contains("move it away", ended.Errors, StringComparison.Ordinal);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(folder.File("peers.db")));
    }

    private static bool Holds(FileInfo log, string peer)
    {
        log.Refresh();
        if (!log.Exists)
            return false;
        using var file = new FileStream(log.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var bytes = new MemoryStream();
        file.CopyTo(bytes);
        return bytes.ToArray().AsSpan().IndexOf(PeerId.Parse(peer).Bytes.Span) >= 0;
    }
}
