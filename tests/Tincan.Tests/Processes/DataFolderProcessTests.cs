using System.Runtime.Versioning;

namespace Tincan.Tests.Processes;

public sealed class DataFolderProcessTests
{
    [Fact]
    public async Task The_second_process_is_told_who_holds_the_folder_and_what_to_do()
    {
        using var folder = new ScratchFolder();
        await using var first = await TincanProcess.StartChatAsync("--data", folder.Path);
        var second = await TincanProcess.RunAsync("chat", "--data", folder.Path);
        Assert.Equal(1, second.ExitCode);
        Failures.AssertOneLine(second);
        Assert.Contains($"process {first.Id} ", second.Errors, StringComparison.Ordinal);
        Assert.Contains("--guest", second.Errors, StringComparison.Ordinal);
        Assert.Contains("--data", second.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lock_that_a_crash_left_is_taken_over_and_the_identity_stays()
    {
        using var folder = new ScratchFolder();
        string peer;
        await using (var first = await TincanProcess.StartChatAsync("--data", folder.Path))
        {
            peer = first.Peer;
            first.Signal(TincanProcess.SigKill);
            await first.WaitForEndAsync();
        }
        Assert.True(File.Exists(folder.File("tincan.lock")));
        Assert.True(File.Exists(folder.File("tincan.holder")));
        await using var second = await TincanProcess.StartChatAsync("--data", folder.Path);
        Assert.Equal(peer, second.Peer);
        Assert.Contains($"process {second.Id} ", File.ReadAllText(folder.File("tincan.holder")), StringComparison.Ordinal);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task The_key_file_is_the_owners_alone()
    {
        using var folder = new ScratchFolder();
        await using var chat = await TincanProcess.StartChatAsync("--data", folder.File("made"));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder.Path, "made", "identity.key")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder.File("made")));
    }
}
