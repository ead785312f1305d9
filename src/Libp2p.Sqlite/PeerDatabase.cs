using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Libp2p.Sqlite;

/// <summary>
/// The SQLite file of a peer store. Its journal is a write-ahead log: a process that is killed leaves a whole file behind, with
/// all but the last moment in it. One process has it at a time. Has one owner at a time and no lock.
/// </summary>
internal sealed partial class PeerDatabase : IDisposable
{
    // "peer", so that a file which is none of ours is left alone.
    private const int ApplicationId = 0x70656572;
    private const int Corrupt = 11;
    private const int NotADatabase = 26;
    private const int Busy = 5;
    private const int Locked = 6;

    /// <summary>What brings the file from one version to the next.</summary>
    private static readonly string[] Migrations =
    [
        """
        CREATE TABLE peers (
            id BLOB PRIMARY KEY, touched INTEGER NOT NULL, connected INTEGER NOT NULL, agent TEXT, protocol_version TEXT, protocols BLOB,
            public_key BLOB, record BLOB, record_sequence INTEGER) WITHOUT ROWID;
        CREATE TABLE addresses (
            peer BLOB NOT NULL REFERENCES peers(id) ON DELETE CASCADE, address BLOB NOT NULL, trust INTEGER NOT NULL, stamp INTEGER NOT NULL,
            expires INTEGER, PRIMARY KEY (peer, address)) WITHOUT ROWID;
        CREATE TABLE metadata (
            peer BLOB NOT NULL REFERENCES peers(id) ON DELETE CASCADE, name TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (peer, name)) WITHOUT ROWID;
        """,
    ];

    private readonly SqliteConnection _connection;

    static PeerDatabase() => SQLitePCL.Batteries_V2.Init();

    private PeerDatabase(SqliteConnection connection, string path)
    {
        _connection = connection;
        Path = path;
    }

    public string Path { get; }

    /// <summary>Opens the file, makes it where there is none, and brings it to the newest version.</summary>
    /// <exception cref="PeerStoreFileException">It cannot be used; what is there stays as it is.</exception>
    public static PeerDatabase Open(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWriteCreate, Pooling = false, DefaultTimeout = 1 }.ConnectionString);
        try
        {
            CreateFile(path);
            connection.Open();
            var database = new PeerDatabase(connection, path);
            database.Check();
            database.Execute("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA journal_size_limit = 4194304;");
            database.Migrate();
            return database;
        }
        catch (Exception e)
        {
            connection.Dispose();
            if (e is SqliteException failure)
                throw Explain(failure, path);
            if (e is UnauthorizedAccessException or (IOException and not PeerStoreFileException))
                throw new PeerStoreFileException($"The peer store {path} cannot be written ({e.Message}): choose another place.", isDamaged: false, e);
            throw;
        }
    }

    /// <summary>What a failure of SQLite means.</summary>
    public static PeerStoreFileException Explain(SqliteException e, string path) => e.SqliteErrorCode switch
    {
        Corrupt or NotADatabase => Damaged(path, e),
        Busy or Locked => new($"The peer store {path} is in use by another process: end that one, or name another file.", isDamaged: false, e),
        _ => new($"The peer store {path} cannot be used ({e.Message}): choose another place.", isDamaged: false, e),
    };

    public void Dispose() => _connection.Dispose();

    private static PeerStoreFileException Damaged(string path, Exception? cause = null) =>
        new($"The file {path} is damaged, or is no peer store: move it away, and a fresh one is made.", isDamaged: true, cause);

    // SQLite would make it readable for everyone whom the folder lets in: whom one talks to is nobody's business.
    private static void CreateFile(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite | FileShare.Delete, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        new FileStream(path, options).Dispose();
    }

    /// <summary>Looks before anything is written whether the file is one of ours, whole, and of no later version.</summary>
    private void Check()
    {
        var (application, version, tables) = (Number("PRAGMA application_id"), Number("PRAGMA user_version"), Number("SELECT count(*) FROM sqlite_schema"));
        if (application != ApplicationId && (application != 0 || tables > 0))
            throw Damaged(Path);
        if (version > Migrations.Length)
            throw new PeerStoreFileException($"The peer store {Path} was written by a later version of this program: use that one, or name another file.", isDamaged: false);
        using var check = Command("PRAGMA quick_check(1)");
        if (check.ExecuteScalar() is not "ok")
            throw Damaged(Path);
    }

    private void Migrate()
    {
        for (var version = (int)Number("PRAGMA user_version"); version < Migrations.Length; version++)
        {
            using var transaction = _connection.BeginTransaction();
            Execute(string.Create(CultureInfo.InvariantCulture, $"{Migrations[version]} PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {version + 1};"));
            transaction.Commit();
        }
    }

    private long Number(string sql)
    {
        using var command = Command(sql);
        return command.ExecuteScalar() is long number ? number : 0;
    }

    private void Execute(string sql)
    {
        using var command = Command(sql);
        command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string sql)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }
}
