using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Tincan.Chat.History;

// What is read.
internal sealed partial class HistoryDatabase
{
    private const string Columns = "m.place, m.conversation, m.sender, m.name, m.text, m.id, m.created, m.recorded, m.sent, m.unread";

    /// <summary>Messages that are looked through where the index of words finds nothing: it knows no parts of words, and no words in scripts without spaces.</summary>
    private const int MaxScanned = 50_000;

    /// <summary>The latest messages of a conversation, the oldest of them first.</summary>
    public IReadOnlyList<HistoryEntry> ReadLatest(string conversation, int count)
    {
        using var command = Prepare(
            $"SELECT {Columns} FROM messages m WHERE m.conversation = $conversation ORDER BY m.place DESC LIMIT $count", ("$conversation", conversation), ("$count", count));
        return Oldest(command);
    }

    /// <summary>The latest messages with all of these words, the oldest of them first. The last word may be the beginning of one.</summary>
    public IReadOnlyList<HistoryEntry> Search(string text, int count)
    {
        var words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0)
            return [];
        // Quoted, so that nothing in them is an operator.
        var query = string.Join(' ', words.Select(w => $"\"{w.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")) + "*";
        using var find = Prepare(
            $"SELECT {Columns} FROM message_words w JOIN messages m ON m.place = w.rowid WHERE message_words MATCH $query ORDER BY w.rowid DESC LIMIT $count",
            ("$query", query), ("$count", count));
        var found = Oldest(find);
        if (found.Count > 0)
            return found;
        using var scan = Prepare(
            $"""
            SELECT {Columns} FROM (SELECT * FROM messages ORDER BY place DESC LIMIT {MaxScanned.ToString(CultureInfo.InvariantCulture)}) m
            WHERE instr(lower(m.text), lower($text)) > 0 ORDER BY m.place DESC LIMIT $count
            """,
            ("$text", text.Trim()), ("$count", count));
        return Oldest(scan);
    }

    /// <summary>How many messages of each conversation nobody has seen; those with none are left out.</summary>
    public IReadOnlyDictionary<string, int> CountUnread()
    {
        using var command = Prepare("SELECT conversation, count(*) FROM messages WHERE unread = 1 GROUP BY conversation");
        using var rows = command.ExecuteReader();
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        while (rows.Read())
            counts[rows.GetString(0)] = rows.GetInt32(1);
        return counts;
    }

    /// <summary>Every message in order, one at a time; of one conversation where it is named.</summary>
    public IEnumerable<HistoryEntry> ReadAll(string? conversation)
    {
        using var command = conversation is null
            ? Prepare($"SELECT {Columns} FROM messages m ORDER BY m.place")
            : Prepare($"SELECT {Columns} FROM messages m WHERE m.conversation = $conversation ORDER BY m.place", ("$conversation", conversation));
        using var rows = command.ExecuteReader();
        while (rows.Read())
            yield return Entry(rows);
    }

    private static List<HistoryEntry> Oldest(SqliteCommand command)
    {
        List<HistoryEntry> entries = [];
        using (var rows = command.ExecuteReader())
        {
            while (rows.Read())
                entries.Add(Entry(rows));
        }
        entries.Reverse();
        return entries;
    }

    private static HistoryEntry Entry(SqliteDataReader row) => new()
    {
        Place = row.GetInt64(0),
        Conversation = row.GetString(1),
        From = row.GetString(2),
        Name = row.IsDBNull(3) ? null : row.GetString(3),
        Text = row.GetString(4),
        Id = row.IsDBNull(5) ? null : row.GetString(5),
        Created = row.IsDBNull(6) ? null : row.GetInt64(6),
        Recorded = row.GetInt64(7),
        Sent = row.GetBoolean(8),
        Unread = row.GetBoolean(9),
    };
}
