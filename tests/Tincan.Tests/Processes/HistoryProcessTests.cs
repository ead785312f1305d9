using System.Text.Json.Nodes;
using Tincan.Chat.History;
using Tincan.Tests.Chat.History;

namespace Tincan.Tests.Processes;

public sealed class HistoryProcessTests
{
    [Fact]
    public async Task The_history_is_exported_as_a_message_a_line()
    {
        using var folder = new ScratchFolder();
        using (var database = HistoryDatabase.Open(new HistoryOptions { Path = folder.File("history.db") }))
            database.Append([(Entries.Of("one\ntwo"), null), (Entries.Of("elsewhere", "/x"), null), (Entries.Of("to a peer", Conversations.Direct("bob")), null)]);
        var ended = await TincanProcess.RunAsync("history", "export", "--data", folder.Path);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
        var items = ended.Output.Split('\n').Select(l => JsonNode.Parse(l)!).ToList();
        Assert.Equal(["one\ntwo", "elsewhere", "to a peer"], items.Select(i => (string?)i["text"]));
        Assert.Equal(["kitchen", "/x", null], items.Select(i => (string?)i["room"]));
        Assert.Equal("bob", (string?)items[2]["with"]);
        var one = await TincanProcess.RunAsync("history", "export", "--data", folder.Path, "--room", "kitchen");
        Assert.Equal("one\ntwo", (string?)JsonNode.Parse(one.Output)!["text"]);
    }

    [Fact]
    public async Task Where_there_is_none_or_another_file_is_one_line()
    {
        using var folder = new ScratchFolder();
        var none = await TincanProcess.RunAsync("history", "export", "--data", folder.Path);
        Assert.Equal(1, none.ExitCode);
        Failures.AssertOneLine(none);
        await File.WriteAllTextAsync(folder.File("history.db"), "something else that is as long as a header must be, so that it is read");
        var damaged = await TincanProcess.RunAsync("history", "export", "--data", folder.Path);
        Assert.Equal(1, damaged.ExitCode);
        Failures.AssertOneLine(damaged);
        Assert.Contains("damaged", damaged.Errors, StringComparison.Ordinal);
    }
}
