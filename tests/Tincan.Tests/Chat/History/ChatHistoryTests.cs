using System.Collections.Concurrent;
using System.Runtime.Versioning;
using Libp2p.Testing;
using Microsoft.Data.Sqlite;
using Tincan.Chat.History;
using Tincan.Commands;
using Tincan.Tests.Processes;

namespace Tincan.Tests.Chat.History;

public sealed class ChatHistoryTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    private string FilePath => _folder.File("history.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_is_told_in_order_once_it_is_on_the_disk()
    {
        const int count = 2000;
        var told = new ConcurrentQueue<string>();
        HistoryDatabase.Open(new HistoryOptions { Path = FilePath }).Dispose();
        using var reader = HistoryDatabase.OpenToRead(FilePath);
        await using (var history = ChatHistory.Open(new HistoryOptions { Path = FilePath }, new ManualTimeProvider()))
        {
            for (var i = 0; i < count; i++)
            {
                var last = i % 500 == 499;
                await history.RecordAsync(
                    Entries.Of($"{i}"), null,
                    (entry, recorded) =>
                    {
                        Assert.Equal(Recorded.Saved, recorded);
                        // Another connection sees it: it is committed.
                        if (last)
                            Assert.Equal(entry.Text, reader.ReadLatest(Entries.Room, 1000).Single(e => e.Place == entry.Place).Text);
                        told.Enqueue(entry.Text);
                        return ValueTask.CompletedTask;
                    },
                    CancellationToken.None);
            }
        }
        Assert.Equal(Enumerable.Range(0, count).Select(i => $"{i}"), told);
    }

    [Fact]
    public async Task A_message_is_recorded_with_the_time_of_the_clock_and_known_when_it_comes_again()
    {
        var time = new ManualTimeProvider();
        await using var history = ChatHistory.Open(new HistoryOptions { Path = FilePath }, time);
        Assert.Equal(Recorded.Saved, await RecordAsync(history, "nul \0 in it", [1]));
        Assert.Equal(Recorded.Known, await RecordAsync(history, "again", [1]));
        var entry = Assert.Single(await history.ReadLatestAsync(Entries.Room, 10));
        Assert.Equal(("nul \ufffd in it", time.GetUtcNow().ToUnixTimeMilliseconds()), (entry.Text, entry.Recorded));
        Assert.Single(await history.SearchAsync("nul", 10));
    }

    [Fact]
    public async Task Where_there_is_no_room_it_is_told_once_messages_go_on_unsaved_and_once_and_room_mends_it()
    {
        var told = new List<string?>();
        var time = new ManualTimeProvider();
        await using var history = ChatHistory.Open(new HistoryOptions { Path = FilePath, MaxFileBytes = 256 << 10 }, time);
        history.Troubled = e =>
        {
            told.Add(e?.What);
            return ValueTask.CompletedTask;
        };
        Assert.Equal(Recorded.Saved, await RecordAsync(history, "before", [0]));
        var filler = new string('x', 4000);
        byte next = 1;
        Recorded result;
        while ((result = await RecordAsync(history, filler, [next])) == Recorded.Saved)
            next++;
        Assert.Equal(Recorded.NotSaved, result);
        Assert.Equal(Recorded.NotSaved, await RecordAsync(history, filler, [200]));
        Assert.Equal(Recorded.Known, await RecordAsync(history, filler, [200]));
        Assert.Equal(Recorded.Known, await RecordAsync(history, "before", [0]));
        Assert.Contains("the disk is full", Assert.Single(told), StringComparison.Ordinal);

        using (var other = new SqliteConnection($"Data Source={FilePath};Pooling=False"))
        {
            await other.OpenAsync();
            using var command = other.CreateCommand();
            command.CommandText = "DELETE FROM messages WHERE text <> 'before'";
            await command.ExecuteNonQueryAsync();
        }
        Assert.Equal(Recorded.Saved, await RecordAsync(history, "after", [201]));
        Assert.Single(told);
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(Recorded.Saved, await RecordAsync(history, "well after", [202]));
        Assert.Null(told[^1]);
        Assert.Equal(2, told.Count);
        // It was shown when it could not be saved: now it is saved, and not shown again.
        Assert.Equal(Recorded.Known, await RecordAsync(history, "shown before", [200]));
        Assert.Equal(["before", "after", "well after", "shown before"], (await history.ReadLatestAsync(Entries.Room, 10)).Select(e => e.Text));
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task A_full_disk_loses_nothing_that_was_confirmed()
    {
        using var disk = SmallDisk.TryMount(_folder.File("disk"), megabytes: 1);
        Assert.SkipUnless(disk is not null, "needs root, to mount a small disk");
        var path = Path.Combine(disk.Path, "history.db");
        List<string> saved = [];
        await using (var history = ChatHistory.Open(new HistoryOptions { Path = path }))
        {
            var unsaved = 0;
            for (var i = 0; unsaved < 5; i++)
            {
                var text = $"{i} {new string('x', 5000)}";
                if (await RecordAsync(history, text, [(byte)(i >> 8), (byte)i]) == Recorded.Saved)
                    saved.Add(text);
                else
                    unsaved++;
            }
        }
        Assert.NotEmpty(saved);
        using (var reader = HistoryDatabase.OpenToRead(path))
            Assert.Equal(saved, reader.ReadAll(null).Select(e => e.Text));
    }

    [Fact]
    public async Task What_cannot_be_read_is_a_line_for_a_person()
    {
        await using var history = ChatHistory.Open(new HistoryOptions { Path = FilePath });
        await RecordAsync(history, "a", [1]);
        using (var other = new SqliteConnection($"Data Source={FilePath};Pooling=False"))
        {
            await other.OpenAsync();
            using var command = other.CreateCommand();
            command.CommandText = "DROP TABLE messages";
            await command.ExecuteNonQueryAsync();
        }
        var failure = await Assert.ThrowsAsync<CommandException>(() => history.ReadLatestAsync(Entries.Room, 1));
        Assert.Contains(FilePath, failure.What, StringComparison.Ordinal);
        Assert.Equal(Recorded.NotSaved, await RecordAsync(history, "b", [2]));
    }

    private static async Task<Recorded> RecordAsync(ChatHistory history, string text, byte[] once) =>
        await history.RecordAsync(Entries.Of(text), once, (_, _) => ValueTask.CompletedTask);
}
