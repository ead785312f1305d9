using Microsoft.Data.Sqlite;
using Tincan.Commands;

namespace Tincan.Chat.History;

/// <summary>Why the history cannot be used, in words for a person.</summary>
internal static class HistoryFailure
{
    // https://www.sqlite.org/rescode.html
    private const int Busy = 5;
    private const int ReadOnly = 8;
    private const int InputOutput = 10;
    private const int Corrupt = 11;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int NotADatabase = 26;

    /// <summary>What is wrong and what to do about it.</summary>
    /// <param name="exception">What SQLite says.</param>
    /// <param name="path">The file; null for memory.</param>
    public static CommandException Explain(SqliteException exception, string? path)
    {
        var what = path is null ? "the history in memory" : $"the history {path}";
        return exception.SqliteErrorCode switch
        {
            Full when path is null => new($"{what} is full", "go on without it, or start again with --data DIR"),
            Full => new($"{what} has no room: the disk is full", "free some space; the chat goes on meanwhile"),
            Corrupt or NotADatabase => Damaged(what),
            ReadOnly or CannotOpen => new($"{what} cannot be written", "check whose file and folder it is, or keep nothing with --guest"),
            Busy => new($"{what} is locked by another program", "end that program"),
            InputOutput => new($"{what} cannot be read or written: the disk fails ({exception.SqliteExtendedErrorCode})", "check the disk and the space on it"),
            _ => new($"{what} cannot be used: {exception.Message}", "report it, with what you did"),
        };
    }

    /// <summary>The file holds something else, or part of it is destroyed.</summary>
    public static CommandException Damaged(string what) =>
        new($"{what} is damaged; nothing of it was changed", "move the file away or mend it with sqlite3's .recover, or keep nothing with --guest");

    /// <summary>The file was written by a version that knows more.</summary>
    public static CommandException Newer(string path, int version) =>
        new($"the history {path} was written by a newer tincan (its version is {version}, and this one knows {HistorySchema.Migrations.Length})", "use the newer one, or another --data DIR");
}
