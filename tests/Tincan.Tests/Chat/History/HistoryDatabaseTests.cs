using Microsoft.Data.Sqlite;
using Tincan.Chat.History;
using Tincan.Commands;
using Tincan.Tests.Processes;

namespace Tincan.Tests.Chat.History;

public sealed class HistoryDatabaseTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private string FilePath => _folder.File("history.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_recorded_is_there_when_it_is_opened_again()
    {
        var entry = Entries.Of("hello 世界 👋") with { Sent = true, Unread = true, Name = null, Id = null, Created = null };
        using (var database = Open())
            Assert.Equal([1L], database.Append([(entry, null)]));
        using var again = Open();
        Assert.Equal(entry with { Place = 1 }, Assert.Single(again.ReadLatest(Entries.Room, 10)));
    }

    [Fact]
    public void The_same_message_is_there_once_in_one_commit_and_in_another()
    {
        using var database = Open();
        var first = database.Append([(Entries.Of("a"), [1]), (Entries.Of("a again"), [1]), (Entries.Of("b"), [2])]);
        var second = database.Append([(Entries.Of("b again"), [2]), (Entries.Of("no key"), null), (Entries.Of("no key"), null)]);
        Assert.Equal([false, true, false, true, false, false], first.Concat(second).Select(p => p is null));
        Assert.Equal(["a", "b", "no key", "no key"], Texts(database.ReadLatest(Entries.Room, 10)));
        Assert.True(database.Contains([1]));
        Assert.False(database.Contains([3]));
    }

    [Fact]
    public void A_conversation_is_read_from_its_end_and_apart_from_others()
    {
        using var database = Open();
        database.Append([.. Enumerable.Range(0, 10).Select(i => (Entries.Of($"{i}", i % 2 == 0 ? "even" : "odd"), (byte[]?)null))]);
        Assert.Equal(["4", "6", "8"], Texts(database.ReadLatest("even", 3)));
        Assert.Equal(["1", "3", "5", "7", "9"], Texts(database.ReadAll("odd")));
        Assert.Equal(10, database.ReadAll(null).Count());
    }

    [Fact]
    public void Search_finds_words_their_beginnings_without_accents_and_parts_where_there_is_no_word()
    {
        using var database = Open();
        database.Append([.. new[] { "Grüße aus Zürich", "the quick brown fox", "quick as a fox", "你好世界", "a \"quoted\" OR NOT near" }.Select(t => (Entries.Of(t), (byte[]?)null))]);
        Assert.Equal(["Grüße aus Zürich"], Texts(database.Search("zurich", 10)));
        Assert.Equal(["the quick brown fox", "quick as a fox"], Texts(database.Search("quick FO", 10)));
        Assert.Equal(["quick as a fox"], Texts(database.Search("quick fox", 1)));
        Assert.Equal(["你好世界"], Texts(database.Search("世界", 10)));
        Assert.Equal(["the quick brown fox"], Texts(database.Search("rown", 10)));
        Assert.Equal(["a \"quoted\" OR NOT near"], Texts(database.Search("\"quoted\" OR", 10)));
        Assert.Empty(database.Search("* ) AND (", 10));
        Assert.Empty(database.Search("  ", 10));
    }

    [Fact]
    public void What_nobody_saw_is_counted_until_it_is_marked()
    {
        using var database = Open();
        database.Append([(Entries.Of("1", "a", unread: true), null), (Entries.Of("2", "a", unread: true), null), (Entries.Of("3", "b", unread: true), null), (Entries.Of("4", "c"), null)]);
        Assert.Equal([("a", 2), ("b", 1)], database.CountUnread().Select(p => (p.Key, p.Value)).Order());
        database.MarkRead("a");
        Assert.Equal([("b", 1)], database.CountUnread().Select(p => (p.Key, p.Value)));
    }

    [Fact]
    public void Beyond_its_bytes_the_oldest_go_from_the_index_too_and_the_file_stays_within_them()
    {
        const int max = 1 << 20;
        using var database = Open(new HistoryOptions { Path = FilePath, MaxBytes = max });
        var text = string.Join(' ', Enumerable.Range(0, 200).Select(i => $"word{i}"));
        for (var i = 0; i < 40; i++)
        {
            database.Append([.. Enumerable.Range(0, 50).Select(j => (Entries.Of($"{text} n{(i * 50) + j}"), (byte[]?)null))]);
            database.Trim(0);
        }
        var left = database.ReadAll(null).ToList();
        Assert.EndsWith(" n1999", left[^1].Text, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(2000 - left.Count, left.Count).Select(n => $"n{n}"), left.Select(e => e.Text.Split(' ')[^1]));
        // No more was deleted than the index, which grows and shrinks in steps, had to be given room.
        Assert.InRange(left.Count, 100, 700);
        Assert.DoesNotContain(database.Search("n0", 1), e => e.Text.EndsWith(" n0", StringComparison.Ordinal));
        Assert.InRange(new FileInfo(FilePath).Length, 1, 2 * max);
    }

    [Fact]
    public void What_is_older_than_its_age_goes()
    {
        using var database = Open(new HistoryOptions { Path = FilePath, MaxAge = TimeSpan.FromSeconds(10) });
        database.Append([.. Enumerable.Range(0, 20).Select(i => (Entries.Of($"{i}") with { Recorded = i * 1000 }, (byte[]?)null))]);
        database.Trim(15_000);
        Assert.Equal(Enumerable.Range(5, 15).Select(i => $"{i}"), Texts(database.ReadAll(null)));
        database.Trim(1_000_000);
        Assert.Empty(database.ReadAll(null));
    }

    [Fact]
    public void A_place_is_never_given_twice()
    {
        using var database = Open(new HistoryOptions { Path = FilePath, MaxAge = TimeSpan.FromSeconds(1) });
        database.Append([(Entries.Of("a"), null)]);
        database.Trim(1_000_000);
        Assert.Equal([2L], database.Append([(Entries.Of("b"), null)]));
    }

    [Fact]
    public void Of_a_commit_that_fails_nothing_is_recorded_and_the_next_succeeds()
    {
        using var database = Open(new HistoryOptions { Path = FilePath, MaxFileBytes = 256 << 10 });
        database.Append([(Entries.Of("before"), null)]);
        var failure = Assert.Throws<SqliteException>(() => database.Append([(Entries.Of("small"), null), (Entries.Of(new string('x', 300 << 10)), null)]));
        Assert.Contains("the disk is full", HistoryFailure.Explain(failure, FilePath).What, StringComparison.Ordinal);
        database.Append([(Entries.Of("after"), null)]);
        Assert.Equal(["before", "after"], Texts(database.ReadAll(null)));
    }

    [Fact]
    public void What_is_no_history_is_refused_and_stays_as_it_is()
    {
        foreach (var content in (byte[][])[[.. "not a database at all, whatever its name says"u8], new byte[8192]])
        {
            File.WriteAllBytes(FilePath, content);
            var refused = Assert.Throws<CommandException>(() => Open());
            Assert.Contains(FilePath, refused.What, StringComparison.Ordinal);
            Assert.Contains("damaged", refused.What, StringComparison.Ordinal);
            Assert.Equal(content, File.ReadAllBytes(FilePath));
        }
    }

    [Fact]
    public void A_history_whose_first_page_is_destroyed_is_refused_and_stays_as_it_is()
    {
        using (var database = Open())
            database.Append([(Entries.Of("a"), null)]);
        var content = File.ReadAllBytes(FilePath);
        content.AsSpan(100, 3900).Fill(0x5a);
        File.WriteAllBytes(FilePath, content);
        Assert.Contains("damaged", Assert.Throws<CommandException>(() => Open()).What, StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllBytes(FilePath));
    }

    [Fact]
    public void Another_programs_database_and_a_newer_history_are_refused()
    {
        using (var other = new SqliteConnection($"Data Source={FilePath};Pooling=False"))
        {
            other.Open();
            Run(other, "CREATE TABLE theirs(x)");
        }
        Assert.Throws<CommandException>(() => Open());
        File.Delete(FilePath);
        Open().Dispose();
        using (var newer = new SqliteConnection($"Data Source={FilePath};Pooling=False"))
        {
            newer.Open();
            Run(newer, "PRAGMA user_version = 1000");
        }
        Assert.Contains("newer", Assert.Throws<CommandException>(() => Open()).What, StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_read_beside_a_chat_that_writes_it()
    {
        using var database = Open();
        database.Append([(Entries.Of("a"), null)]);
        using (var reader = HistoryDatabase.OpenToRead(FilePath))
        {
            Assert.Equal(["a"], Texts(reader.ReadAll(null)));
            database.Append([(Entries.Of("b"), null)]);
            Assert.Equal(["a", "b"], Texts(reader.ReadAll(null)));
            Assert.Throws<SqliteException>(() => reader.MarkRead(Entries.Room));
        }
        Assert.Throws<CommandException>(() => HistoryDatabase.OpenToRead(_folder.File("none.db")));
    }

    [Fact]
    public void In_memory_it_is_gone_at_the_end()
    {
        using (var database = HistoryDatabase.Open(HistoryOptions.InMemory))
        {
            database.Append([(Entries.Of("a"), null)]);
            Assert.Single(database.Search("a", 1));
        }
        using var again = HistoryDatabase.Open(HistoryOptions.InMemory);
        Assert.Empty(again.ReadAll(null));
    }

    private static IEnumerable<string> Texts(IEnumerable<HistoryEntry> entries) => entries.Select(e => e.Text);

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private HistoryDatabase Open(HistoryOptions? options = null) => HistoryDatabase.Open(options ?? new HistoryOptions { Path = FilePath });
}
