using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Tincan.Commands;

namespace Tincan.Chat.History;

/// <summary>What became of a message that was to be recorded.</summary>
internal enum Recorded
{
    /// <summary>It is on the disk, and stays there however this process ends.</summary>
    Saved,

    /// <summary>It was there already.</summary>
    Known,

    /// <summary>The disk refuses it: it is to be shown as not saved.</summary>
    NotSaved,
}

/// <summary>
/// The history of a chat. Messages are recorded in the order in which they are given and in groups, as many to a commit as have
/// come meanwhile; each is told of when its group is on the disk, in the same order. Bounded: whoever gives more than the disk
/// takes, waits.
/// </summary>
internal sealed class ChatHistory : IAsyncDisposable
{
    private const int MaxWaiting = 1024;
    private const int MaxGroup = 256;

    /// <summary>How long nothing must have failed before that is called mended: on a disk that is nearly full short messages fit where long ones do not.</summary>
    private static readonly TimeSpan RecoveryTime = TimeSpan.FromSeconds(10);

    private readonly Channel<Work> _work = Channel.CreateBounded<Work>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private readonly HistoryDatabase _database;
    private readonly string? _path;
    private readonly TimeProvider _time;
    private readonly UnsavedKeys _unsaved = new();
    private readonly Task _running;
    private bool _isFailing;
    private long _lastFailure;

    private ChatHistory(HistoryDatabase database, HistoryOptions options, TimeProvider time)
    {
        _database = database;
        _path = options.Path;
        _time = time;
        _running = Task.Run(RunAsync);
    }

    /// <summary>Told once when messages can no longer be saved, with the reason, and once with null when they can again.</summary>
    public Func<CommandException?, ValueTask> Troubled { get; set; } = _ => ValueTask.CompletedTask;

    /// <summary>Opens it.</summary>
    /// <exception cref="CommandException">It cannot be used.</exception>
    public static ChatHistory Open(HistoryOptions options, TimeProvider? timeProvider = null) =>
        new(HistoryDatabase.Open(options), options, timeProvider ?? TimeProvider.System);

    /// <summary>Gives a message to be recorded; waits only where too many wait already.</summary>
    /// <param name="entry">The message; its place and time are set here.</param>
    /// <param name="once">What makes it the same as another (<see cref="OnceKey"/>); null where it cannot come twice.</param>
    /// <param name="then">Told how it went, with the message as it was recorded; the next one waits for it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public ValueTask RecordAsync(HistoryEntry entry, byte[]? once, Func<HistoryEntry, Recorded, ValueTask> then, CancellationToken cancellationToken) =>
        // SQLite reads text to its first NUL.
        _work.Writer.WriteAsync(new Record(entry with { Text = entry.Text.Replace('\0', '\ufffd'), Recorded = _time.GetUtcNow().ToUnixTimeMilliseconds() }, once, then), cancellationToken);

    /// <summary>Records a message and waits until that is done and told.</summary>
    public async ValueTask<Recorded> RecordAsync(HistoryEntry entry, byte[]? once, Func<HistoryEntry, Recorded, ValueTask> then)
    {
        var done = new TaskCompletionSource<Recorded>(TaskCreationOptions.RunContinuationsAsynchronously);
        await RecordAsync(
            entry, once,
            async (e, r) =>
            {
                await then(e, r).ConfigureAwait(false);
                done.TrySetResult(r);
            },
            CancellationToken.None).ConfigureAwait(false);
        return await done.Task.ConfigureAwait(false);
    }

    /// <summary>The latest messages of a conversation, the oldest of them first.</summary>
    /// <exception cref="CommandException">The history cannot be read.</exception>
    public Task<IReadOnlyList<HistoryEntry>> ReadLatestAsync(string conversation, int count) => QueryAsync(d => d.ReadLatest(conversation, count));

    /// <summary>The latest messages with all of these words.</summary>
    /// <exception cref="CommandException">The history cannot be read.</exception>
    public Task<IReadOnlyList<HistoryEntry>> SearchAsync(string text, int count) => QueryAsync(d => d.Search(text, count));

    /// <summary>How many messages of each conversation nobody has seen.</summary>
    /// <exception cref="CommandException">The history cannot be read.</exception>
    public Task<IReadOnlyDictionary<string, int>> CountUnreadAsync() => QueryAsync(d => d.CountUnread());

    /// <summary>Marks a conversation as seen.</summary>
    /// <exception cref="CommandException">The history cannot be written.</exception>
    public Task MarkReadAsync(string conversation) => QueryAsync(d =>
    {
        d.MarkRead(conversation);
        return true;
    });

    /// <summary>Records what was given, and closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        _work.Writer.TryComplete();
        await _running.ConfigureAwait(false);
    }

    private async Task<T> QueryAsync<T>(Func<HistoryDatabase, T> read)
    {
        var query = new Query<T>(read, _path);
        await _work.Writer.WriteAsync(query).ConfigureAwait(false);
        return await query.Result.ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        try
        {
            List<Record> group = [];
            while (await _work.Reader.WaitToReadAsync().ConfigureAwait(false))
            {
                Query? query = null;
                while (query is null && group.Count < MaxGroup && _work.Reader.TryRead(out var work))
                {
                    if (work is Record record)
                        group.Add(record);
                    else
                        query = (Query)work;
                }
                await SaveAsync(group).ConfigureAwait(false);
                group.Clear();
                query?.Run(_database);
            }
        }
        finally
        {
            _work.Writer.TryComplete();
            _database.Dispose();
        }
    }

    private async ValueTask SaveAsync(List<Record> group)
    {
        if (group.Count == 0)
            return;
        IReadOnlyList<long?> places = [];
        try
        {
            places = _database.Append(group.ConvertAll(r => (r.Entry, r.Once)));
        }
        catch (SqliteException e)
        {
            await TroubleAsync(e).ConfigureAwait(false);
        }
        if (places.Any(p => p is not null) && await TrimAsync().ConfigureAwait(false) && _isFailing && _time.GetElapsedTime(_lastFailure) >= RecoveryTime)
        {
            _isFailing = false;
            await Troubled(null).ConfigureAwait(false);
        }
        for (var i = 0; i < group.Count; i++)
        {
            var record = group[i];
            if (places.Count == 0)
                await record.Then(record.Entry, IsKnown(record.Once) ? Recorded.Known : Recorded.NotSaved).ConfigureAwait(false);
            else if (places[i] is { } place && !_unsaved.Remove(record.Once))
                await record.Then(record.Entry with { Place = place }, Recorded.Saved).ConfigureAwait(false);
            else
                await record.Then(record.Entry, Recorded.Known).ConfigureAwait(false);
        }
    }

    // What is saved is saved, whether or not room can be made for what follows.
    private async ValueTask<bool> TrimAsync()
    {
        try
        {
            _database.Trim(_time.GetUtcNow().ToUnixTimeMilliseconds());
            return true;
        }
        catch (SqliteException e)
        {
            await TroubleAsync(e).ConfigureAwait(false);
            return false;
        }
    }

    private async ValueTask TroubleAsync(SqliteException exception)
    {
        _lastFailure = _time.GetTimestamp();
        if (_isFailing)
            return;
        _isFailing = true;
        await Troubled(HistoryFailure.Explain(exception, _path)).ConfigureAwait(false);
    }

    private bool IsKnown(byte[]? once)
    {
        if (once is null)
            return false;
        try
        {
            return _database.Contains(once) || !_unsaved.Add(once);
        }
        catch (SqliteException)
        {
            // The reason was told when saving failed; those of this run are known all the same.
            return !_unsaved.Add(once);
        }
    }

    private abstract class Work;

    private sealed class Record(HistoryEntry entry, byte[]? once, Func<HistoryEntry, Recorded, ValueTask> then) : Work
    {
        public HistoryEntry Entry { get; } = entry;

        public byte[]? Once { get; } = once;

        public Func<HistoryEntry, Recorded, ValueTask> Then { get; } = then;
    }

    private abstract class Query : Work
    {
        public abstract void Run(HistoryDatabase database);
    }

    private sealed class Query<T>(Func<HistoryDatabase, T> read, string? path) : Query
    {
        private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<T> Result => _result.Task;

        public override void Run(HistoryDatabase database)
        {
            try
            {
                _result.SetResult(read(database));
            }
            catch (SqliteException e)
            {
                _result.SetException(HistoryFailure.Explain(e, path));
            }
        }
    }
}
