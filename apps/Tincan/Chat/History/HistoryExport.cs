using Microsoft.Data.Sqlite;

namespace Tincan.Chat.History;

/// <summary>The history as JSON lines: a message a line, in the order in which they were recorded.</summary>
internal static class HistoryExport
{
    /// <summary>Writes it.</summary>
    /// <param name="path">The database.</param>
    /// <param name="conversation">Only this conversation; null for all.</param>
    /// <param name="output">Where to.</param>
    /// <returns>How many messages there were.</returns>
    /// <exception cref="Commands.CommandException">The history cannot be read.</exception>
    public static long Write(string path, string? conversation, TextWriter output)
    {
        using var database = HistoryDatabase.OpenToRead(path);
        var count = 0L;
        try
        {
            foreach (var entry in database.ReadAll(conversation))
            {
                output.WriteLine(ChatJson.Write(MessageItem.Of(entry)));
                count++;
            }
        }
        catch (SqliteException e)
        {
            throw HistoryFailure.Explain(e, path);
        }
        return count;
    }
}
