using Tincan.Commands;

namespace Tincan.Tests.Commands;

public sealed class TincanCommandTests
{
    [Theory]
    [InlineData("", "tincan")]
    [InlineData("--guest --dial /ip4/127.0.0.1/tcp/1 --dial /ip4/127.0.0.1/tcp/2", "tincan")]
    [InlineData("chat --guest -vv --json", "chat")]
    [InlineData("chat --room a --room b --legacy", "chat")]
    [InlineData("ping /ip4/127.0.0.1/tcp/1 --count 3 --json", "ping")]
    [InlineData("perf --serve --listen /ip4/127.0.0.1/tcp/0", "perf")]
    [InlineData("key export --data x", "export")]
    [InlineData("key import - --data x", "import")]
    public void Reads_what_it_promises(string arguments, string command)
    {
        var result = TincanCommand.Create().Parse(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Empty(result.Errors);
        Assert.Equal(command, result.CommandResult.Command is System.CommandLine.RootCommand ? "tincan" : result.CommandResult.Command.Name);
    }

    [Fact]
    public void Counts_a_flag()
    {
        var verbose = CommonOptions.Verbose();
        var root = new System.CommandLine.RootCommand { verbose };
        Assert.Equal(0, CommonOptions.Count(root.Parse([]), verbose));
        Assert.Equal(1, CommonOptions.Count(root.Parse(["-v"]), verbose));
        Assert.Equal(2, CommonOptions.Count(root.Parse(["-vv"]), verbose));
        Assert.Equal(2, CommonOptions.Count(root.Parse(["-v", "-v"]), verbose));
    }
}
