using System.Buffers.Binary;
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

            // A second at most, and the machine may be busy: until it is committed to the log that a killed process leaves behind.
            var address = Multiaddress.Parse(friend.Address).WithoutPeerId()!;
            using var patience = new CancellationTokenSource(TincanProcess.Patience);
            while (!IsCommitted(folder.File("peers.db-wal"), PeerId.Parse(friend.Peer), address))
                await Task.Delay(10, patience.Token);
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

    /// <summary>
    /// Whether a peer's address is in SQLite's log in front of the end of a transaction: a page that is there without one is as good as
    /// not written (https://sqlite.org/fileformat2.html#walformat: a header of 32 bytes, then frames of 24 bytes and a page each, whose
    /// second number is zero but at a transaction's end).
    /// </summary>
    private static bool IsCommitted(string path, PeerId peer, Multiaddress address)
    {
        if (!File.Exists(path))
            return false;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var content = new MemoryStream();
        file.CopyTo(content);
        var log = content.GetBuffer().AsSpan(0, (int)content.Length);
        if (log.Length < 32)
            return false;
        var page = (int)BinaryPrimitives.ReadUInt32BigEndian(log[8..]);
        var isThere = false;
        for (var frame = log[32..]; frame.Length >= 24 + page; frame = frame[(24 + page)..])
        {
            var row = frame.Slice(24, page);
            isThere |= row.IndexOf(peer.Bytes.Span) >= 0 && row.IndexOf(address.Bytes.Span) >= 0;
            if (isThere && BinaryPrimitives.ReadUInt32BigEndian(frame[4..]) != 0)
                return true;
        }
        return false;
    }
}
