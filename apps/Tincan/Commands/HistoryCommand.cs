using System.CommandLine;
using Tincan.Chat.History;
using Tincan.Chat.Rooms;

namespace Tincan.Commands;

/// <summary><c>tincan history</c>: what was said.</summary>
internal static class HistoryCommand
{
    /// <summary>Builds it.</summary>
    public static Command Create() => new("history", "What was said, as the chat keeps it") { Export() };

    private static Command Export()
    {
        var data = CommonOptions.Data();
        var room = new Option<string>("--room") { Description = "Only this room", HelpName = "room" };
        var command = new Command("export", "Write the history to standard output: a message a line, as JSON; a chat may run meanwhile") { room, data };
        command.SetAction(result =>
        {
            var conversation = result.GetValue(room) is { } name ? RoomName.Parse(name).Topic : null;
            using var output = Output.OpenBuffered();
            HistoryExport.Write(DataFolder.At(result.GetValue(data)).HistoryPath, conversation, output);
            return ExitCodes.Success;
        });
        return command;
    }
}
