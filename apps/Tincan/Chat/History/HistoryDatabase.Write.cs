using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Tincan.Chat.History;

// What is written, and what is deleted to make room.
internal sealed partial class HistoryDatabase
{
    /// <summary>Messages that are deleted at once, as a part of all there are; as many at least.</summary>
    private const int DeletedPart = 32;
    private const int MinDeleted = 16;

    /// <summary>How often room is made after one commit: what is still too much is for the next.</summary>
    private const int MaxPasses = 8;

    /// <summary>Records messages in one commit, in their order.</summary>
    /// <returns>For each its place; null where the same message is there already.</returns>
    /// <exception cref="SqliteException">None of them is recorded.</exception>
    public IReadOnlyList<long?> Append(IReadOnlyList<(HistoryEntry Entry, byte[]? Once)> messages)
    {
        Execute("BEGIN IMMEDIATE");
        try
        {
            var places = new List<long?>(messages.Count);
            foreach (var (entry, once) in messages)
                places.Add(Insert(entry, once));
            Execute("COMMIT");
            return places;
        }
        catch
        {
            RollBack();
            throw;
        }
    }

    /// <summary>Whether a message is recorded.</summary>
    public bool Contains(byte[] once)
    {
        using var command = Prepare("SELECT 1 FROM messages WHERE once = $once", ("$once", once));
        return command.ExecuteScalar() is not null;
    }

    /// <summary>Marks a conversation as seen to its end.</summary>
    public void MarkRead(string conversation)
    {
        using var command = Prepare("UPDATE messages SET unread = 0 WHERE conversation = $conversation AND unread = 1", ("$conversation", conversation));
        command.ExecuteNonQuery();
    }

    /// <summary>Deletes what is too old, and the oldest where there is too much.</summary>
    /// <param name="now">In ms since 1970.</param>
    public void Trim(long now)
    {
        if (_options.MaxAge is { } age)
            Expire(now - (long)age.TotalMilliseconds);
        for (var pass = 0; pass < MaxPasses && UsedBytes() > _options.MaxBytes; pass++)
        {
            // About how many there are: counting them would read them all.
            var count = Number(_connection, "SELECT coalesce(max(place) - min(place), 0) FROM messages");
            using var delete = Prepare(
                "DELETE FROM messages WHERE place IN (SELECT place FROM messages ORDER BY place LIMIT $count)", ("$count", Math.Max(MinDeleted, count / DeletedPart)));
            if (delete.ExecuteNonQuery() == 0)
                return;
        }
    }

    private void Expire(long limit)
    {
        // Places are in the order of time, so nothing is read but what goes.
        if (Number(_connection, "SELECT coalesce((SELECT recorded FROM messages ORDER BY place LIMIT 1), 9223372036854775807)") >= limit)
            return;
        using var expire = Prepare(
            "DELETE FROM messages WHERE place < coalesce((SELECT place FROM messages WHERE recorded >= $limit ORDER BY place LIMIT 1), 9223372036854775807)", ("$limit", limit));
        expire.ExecuteNonQuery();
    }

    private long UsedBytes() =>
        (Number(_connection, "PRAGMA page_count") - Number(_connection, "PRAGMA freelist_count")) * Number(_connection, "PRAGMA page_size");

    private SqliteCommand CreateInsert()
    {
        var command = _connection.CreateCommand();
        command.CommandText = """
            INSERT INTO messages(conversation, sender, name, text, id, created, recorded, sent, unread, once)
            VALUES ($conversation, $sender, $name, $text, $id, $created, $recorded, $sent, $unread, $once)
            ON CONFLICT(once) DO NOTHING
            RETURNING place
            """;
        foreach (var name in (ReadOnlySpan<string>)["$conversation", "$sender", "$name", "$text", "$id", "$created", "$recorded", "$sent", "$unread", "$once"])
            command.Parameters.Add(new SqliteParameter { ParameterName = name });
        return command;
    }

    private long? Insert(HistoryEntry entry, byte[]? once)
    {
        var values = _insert.Parameters;
        values["$conversation"].Value = entry.Conversation;
        values["$sender"].Value = entry.From;
        values["$name"].Value = (object?)entry.Name ?? DBNull.Value;
        values["$text"].Value = entry.Text;
        values["$id"].Value = (object?)entry.Id ?? DBNull.Value;
        values["$created"].Value = (object?)entry.Created ?? DBNull.Value;
        values["$recorded"].Value = entry.Recorded;
        values["$sent"].Value = entry.Sent;
        values["$unread"].Value = entry.Unread;
        values["$once"].Value = (object?)once ?? DBNull.Value;
        return _insert.ExecuteScalar() is { } place ? Convert.ToInt64(place, CultureInfo.InvariantCulture) : null;
    }

    // After some failures SQLite has rolled back already.
    private void RollBack()
    {
        if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) == 0)
            Execute("ROLLBACK");
    }
}
