using System.CommandLine;
using System.CommandLine.Parsing;

namespace Tincan.Commands;

/// <summary>The command line as a whole: its commands, and the one way in which each may fail.</summary>
internal static class TincanCommand
{
    /// <summary>Runs the program.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var root = Create();
        try
        {
            var result = root.Parse(args);
            if (result.Errors.Count > 0 && result.Action is not System.CommandLine.Help.HelpAction)
                throw Misused(result);
            return await result.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            var line = FailureLine.Of(e);
            Output.WriteError(line);
            return line.ExitCode;
        }
    }

    /// <summary>Builds the command line.</summary>
    public static RootCommand Create()
    {
        var root = new RootCommand("A chat with no server in the middle. Without a command: tincan chat.")
        {
            ChatCommand.Create(),
            PingCommand.Create(),
            IdentifyCommand.Create(),
            PerfCommand.Create(),
            CheckCommand.Create(),
            DoctorCommand.Create(),
            KeyCommand.Create(),
            HistoryCommand.Create(),
        };
        root.Directives.Clear();
        ChatCommand.Attach(root);
        return root;
    }

    private static CommandException Misused(ParseResult result)
    {
        var command = result.CommandResult.Command is RootCommand ? "tincan" : $"tincan {Path(result.CommandResult)}";
        return new CommandException(FailureLine.Of(new FormatException(result.Errors[0].Message)).What, $"see '{command} --help'", ExitCodes.Usage);
    }

    private static string Path(CommandResult result) =>
        result.Parent is CommandResult { Command: not RootCommand } parent ? $"{Path(parent)} {result.Command.Name}" : result.Command.Name;
}
