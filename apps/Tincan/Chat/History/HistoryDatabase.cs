using System.Globalization;
using Microsoft.Data.Sqlite;
using Tincan.Commands;

namespace Tincan.Chat.History;

/// <summary>
/// The SQLite database of a history. It has one owner at a time and does one thing at a time. What <see cref="Append"/> has
/// returned for is on the disk: the journal is a write-ahead log that each commit forces out.
/// </summary>
internal sealed partial class HistoryDatabase : IDisposable
{
    private const int BusyMilliseconds = 2000;
    private const int JournalBytes = 16 << 20;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly SqliteConnection _connection;
    private readonly HistoryOptions _options;
    private readonly SqliteCommand _insert;

    static HistoryDatabase() => SQLitePCL.Batteries_V2.Init();

    private HistoryDatabase(SqliteConnection connection, HistoryOptions options)
    {
        _connection = connection;
        _options = options;
        _insert = CreateInsert();
    }

    /// <summary>Opens the history, makes it where there is none, and brings it to the newest form.</summary>
    /// <exception cref="CommandException">It cannot be used; what is there stays as it is.</exception>
    public static HistoryDatabase Open(HistoryOptions options)
    {
        var connection = Connect(options.Path, SqliteOpenMode.ReadWriteCreate);
        try
        {
            if (options.Path is not null)
                CreateFile(options.Path);
            connection.Open();
            // Before anything is written: a file that is none of ours stays as it is.
            var version = CheckVersion(connection, options.Path);
            Execute(connection, string.Create(
                CultureInfo.InvariantCulture,
                $"PRAGMA busy_timeout = {BusyMilliseconds}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = {JournalBytes};"));
            Migrate(connection, version);
            LimitPages(connection, options);
            return new HistoryDatabase(connection, options);
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw HistoryFailure.Explain(e, options.Path);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Opens a history only to read it, beside a chat that may be writing it.</summary>
    /// <exception cref="CommandException">There is none, or it cannot be used.</exception>
    public static HistoryDatabase OpenToRead(string path)
    {
        if (!File.Exists(path))
            throw new CommandException($"there is no history at {path}", "`tincan chat` makes one; --data names another folder");
        var connection = Connect(path, SqliteOpenMode.ReadOnly);
        try
        {
            connection.Open();
            return CheckVersion(connection, path) == HistorySchema.Migrations.Length
                ? new HistoryDatabase(connection, new HistoryOptions { Path = path })
                : throw new CommandException($"the history {path} is of an older tincan", "start `tincan chat` once, which brings it to the newest form");
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw HistoryFailure.Explain(e, path);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _insert.Dispose();
        _connection.Dispose();
    }

    private static SqliteConnection Connect(string? path, SqliteOpenMode mode) => new(
        new SqliteConnectionStringBuilder { DataSource = path ?? ":memory:", Mode = path is null ? SqliteOpenMode.Memory : mode, Pooling = false }.ConnectionString);

    // SQLite would make it readable for everyone whom the folder lets in.
    private static void CreateFile(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        try
        {
            new FileStream(path, options).Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"the history {path} cannot be written ({FailureLine.Of(e).What})", "choose another folder with --data DIR, or keep nothing with --guest");
        }
    }

    private static int CheckVersion(SqliteConnection connection, string? path)
    {
        var version = (int)Number(connection, "PRAGMA user_version");
        var application = Number(connection, "PRAGMA application_id");
        var tables = Number(connection, "SELECT count(*) FROM sqlite_schema");
        if (application != HistorySchema.ApplicationId && (application != 0 || tables > 0))
            throw HistoryFailure.Damaged($"the history {path}");
        return version <= HistorySchema.Migrations.Length ? version : throw HistoryFailure.Newer(path ?? "", version);
    }

    private static void Migrate(SqliteConnection connection, int version)
    {
        for (; version < HistorySchema.Migrations.Length; version++)
        {
            Execute(connection, string.Create(
                CultureInfo.InvariantCulture,
                $"BEGIN IMMEDIATE; {HistorySchema.Migrations[version]} PRAGMA application_id = {HistorySchema.ApplicationId}; PRAGMA user_version = {version + 1}; COMMIT;"));
        }
    }

    private static void LimitPages(SqliteConnection connection, HistoryOptions options)
    {
        var bytes = options.MaxFileBytes ?? (2 * options.MaxBytes);
        Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA max_page_count = {Math.Max(1, bytes / Number(connection, "PRAGMA page_size"))}"));
    }

    private void Execute(string sql) => Execute(_connection, sql);

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        // Each is a literal of this program's own.
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private static long Number(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private SqliteCommand Prepare(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        var command = _connection.CreateCommand();
#pragma warning disable CA2100
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in parameters)
            command.Parameters.AddWithValue(name, value);
        return command;
    }
}
