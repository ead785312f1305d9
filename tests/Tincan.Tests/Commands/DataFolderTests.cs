using Tincan.Commands;
using Tincan.Tests.Processes;

namespace Tincan.Tests.Commands;

public sealed class DataFolderTests
{
    [Fact]
    public void A_lock_keeps_others_out_and_says_who_holds_it_until_it_is_let_go()
    {
        using var scratch = new ScratchFolder();
        var folder = DataFolder.At(scratch.Path);
        using (folder.Lock("the first"))
        {
            var refused = Assert.Throws<CommandException>(() => folder.Lock("the second"));
            Assert.Contains($"process {Environment.ProcessId} (the first, since ", refused.What, StringComparison.Ordinal);
            Assert.Contains("--guest", refused.NextStep, StringComparison.Ordinal);
        }
        folder.Lock("the second").Dispose();
        Assert.False(File.Exists(scratch.File("tincan.holder")));
    }

    [Fact]
    public void What_a_crash_left_is_no_lock_and_its_text_is_escaped_in_messages()
    {
        using var scratch = new ScratchFolder();
        File.WriteAllText(scratch.File("tincan.lock"), "");
        File.WriteAllText(scratch.File("tincan.holder"), "process 1 (\u001b[31m gone)");
        var folder = DataFolder.At(scratch.Path);
        using var held = folder.Lock("me");
        File.WriteAllText(scratch.File("tincan.holder"), "process 1 (\u001b[31m)");
        Assert.DoesNotContain('\u001b', Assert.Throws<CommandException>(() => folder.Lock("you")).What);
    }
}
