using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Libp2p.Sqlite;

/// <summary>
/// Remembers peers in a SQLite file, beyond the life of the process. It is the store in memory, with the same bounds, whose
/// changes are written down in batches by one writer: nobody who asks or tells it something waits for the disk.
/// </summary>
/// <remarks>
/// A process that is killed forgets what changed within the last <see cref="SqlitePeerStoreOptions.FlushInterval"/>; the file
/// stays whole. Peers that were connected then count as gone at the moment of opening.
/// </remarks>
public sealed class SqlitePeerStore : IPeerStore, IAsyncDisposable
{
    // So many peers a transaction: a few milliseconds each.
    private const int Batch = 1000;

    private readonly PeerDatabase _database;
    private readonly InMemoryPeerStore _memory;
    private readonly ILogger _logger;
    private readonly int _maxChanged;
    private readonly TimeSpan _flushInterval;
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _writing = new(1);
    private readonly ITimer _timer;
    private HashSet<PeerId> _changed = [];
    private bool _allChanged;
    private bool _isDue;
    private bool _disposed;

    private SqlitePeerStore(PeerDatabase database, SqlitePeerStoreOptions options, TimeProvider time, ILogger logger)
    {
        _database = database;
        _logger = logger;
        _maxChanged = checked(2 * options.Bounds.MaxPeers);
        _flushInterval = options.FlushInterval;
        _timer = time.CreateTimer(_ => _ = WriteQuietlyAsync(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _memory = new InMemoryPeerStore(options.Bounds, time) { Changed = Note };
        _memory.Load(database.Load());
    }

    /// <summary>What all peers together are estimated to take, in bytes.</summary>
    public long EstimatedBytes => _memory.EstimatedBytes;

    /// <summary>Opens a file, or makes it where there is none. On Unix only its owner may read it.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="timeProvider">The clock by which addresses expire; null for the system's.</param>
    /// <param name="logger">Null for no log.</param>
    /// <exception cref="PeerStoreFileException">The file cannot be used; it says why, and is left as it is.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option makes no sense.</exception>
    public static SqlitePeerStore Open(string path, SqlitePeerStoreOptions? options = null, TimeProvider? timeProvider = null, ILogger<SqlitePeerStore>? logger = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new SqlitePeerStoreOptions();
        options.Validate();
        var time = timeProvider ?? TimeProvider.System;
        var log = logger ?? (ILogger)NullLogger.Instance;
        try
        {
            return Read(path, options, time, log);
        }
        catch (PeerStoreFileException e) when (e.IsDamaged && options.ReplaceDamaged)
        {
            var kept = PutAside(path, time.GetUtcNow());
            SqlitePeerStoreLog.Replaced(log, path, kept);
            return Read(path, options, time, log);
        }
    }

    /// <inheritdoc/>
    public ValueTask<PeerInfo?> GetAsync(PeerId peer, CancellationToken cancellationToken = default) => _memory.GetAsync(peer, cancellationToken);

    /// <inheritdoc/>
    public ValueTask AddAddressesAsync(PeerId peer, IReadOnlyList<Multiaddress> addresses, AddressTrust trust, CancellationToken cancellationToken = default) =>
        _memory.AddAddressesAsync(peer, addresses, trust, cancellationToken);

    /// <inheritdoc/>
    public ValueTask UpdateAsync(
        PeerId peer, IReadOnlyList<ProtocolId>? protocols, string? agentVersion, string? protocolVersion, PublicKey? publicKey, CancellationToken cancellationToken = default) =>
        _memory.UpdateAsync(peer, protocols, agentVersion, protocolVersion, publicKey, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> ConsumeRecordAsync(PeerRecord record, ReadOnlyMemory<byte> envelope, CancellationToken cancellationToken = default) =>
        _memory.ConsumeRecordAsync(record, envelope, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>?> GetMetadataAsync(PeerId peer, string name, CancellationToken cancellationToken = default) =>
        _memory.GetMetadataAsync(peer, name, cancellationToken);

    /// <inheritdoc/>
    public ValueTask SetMetadataAsync(PeerId peer, string name, ReadOnlyMemory<byte>? value, CancellationToken cancellationToken = default) =>
        _memory.SetMetadataAsync(peer, name, value, cancellationToken);

    /// <inheritdoc/>
    public ValueTask SetConnectedAsync(PeerId peer, bool isConnected, CancellationToken cancellationToken = default) =>
        _memory.SetConnectedAsync(peer, isConnected, cancellationToken);

    /// <inheritdoc/>
    public ValueTask RemoveAsync(PeerId peer, CancellationToken cancellationToken = default) => _memory.RemoveAsync(peer, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<PeerId>> ListAsync(CancellationToken cancellationToken = default) => _memory.ListAsync(cancellationToken);

    /// <summary>Writes down what has changed so far; when it returns, that survives the end of the process.</summary>
    /// <exception cref="PeerStoreFileException">It could not be written; it is tried again with the next batch.</exception>
    public async Task FlushAsync(CancellationToken cancellationToken = default)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_disposed)
                await Task.Run(Write, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Writes down what is left and closes the file. What is told afterwards is not kept.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        await _timer.DisposeAsync().ConfigureAwait(false);
        await WriteQuietlyAsync().ConfigureAwait(false);
        await _writing.WaitAsync().ConfigureAwait(false);
        try
        {
            _disposed = true;
            _database.Dispose();
        }
        finally
        {
            _writing.Release();
        }
    }

    private static SqlitePeerStore Read(string path, SqlitePeerStoreOptions options, TimeProvider time, ILogger logger)
    {
        var database = PeerDatabase.Open(path);
        try
        {
            return new SqlitePeerStore(database, options, time, logger);
        }
        catch (Exception e)
        {
            database.Dispose();
            throw e is SqliteException failure ? PeerDatabase.Explain(failure, path) : e;
        }
    }

    /// <summary>Renames a file, and what SQLite keeps beside it; nothing is deleted.</summary>
    private static string PutAside(string path, DateTimeOffset now)
    {
        var kept = $"{path}.damaged-{now.UtcDateTime:yyyyMMdd-HHmmss}";
        for (var i = 2; File.Exists(kept); i++)
            kept = $"{path}.damaged-{now.UtcDateTime:yyyyMMdd-HHmmss}-{i}";
        try
        {
            File.Move(path, kept);
            foreach (var beside in (ReadOnlySpan<string>)["-wal", "-shm", "-journal"])
            {
                if (File.Exists(path + beside))
                    File.Move(path + beside, kept + beside);
            }
            return kept;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PeerStoreFileException($"The peer store {path} is damaged and cannot be moved away ({e.Message}).", isDamaged: true, e);
        }
    }

    /// <summary>Notes that a peer has changed. Called under the lock of the store in memory.</summary>
    private void Note(PeerId peer)
    {
        lock (_lock)
        {
            if (!_isDue)
            {
                _isDue = true;
                _timer.Change(_flushInterval, Timeout.InfiniteTimeSpan);
            }
            if (_allChanged || !_changed.Add(peer) || _changed.Count <= _maxChanged)
                return;

            // Nothing could be written for long, while peers came and went: what is there then is written as a whole.
            _allChanged = true;
            _changed = [];
        }
    }

    private async Task WriteQuietlyAsync()
    {
        try
        {
            await FlushAsync().ConfigureAwait(false);
        }
        catch (PeerStoreFileException e)
        {
            SqlitePeerStoreLog.WriteFailed(_logger, _database.Path, e);
        }
    }

    private void Write()
    {
        HashSet<PeerId> changed;
        bool all;
        lock (_lock)
        {
            (changed, all) = (_changed, _allChanged);
            (_changed, _allChanged, _isDue) = ([], false, false);
        }
        try
        {
            if (all)
                _database.Write(_memory.Peers.Select(p => (p, _memory.Save(p))), replaceAll: true);
            foreach (var batch in changed.Chunk(Batch))
                _database.Write(batch.Select(p => (p, _memory.Save(p))), replaceAll: false);
        }
        catch (SqliteException e)
        {
            lock (_lock)
                _allChanged |= all;
            foreach (var peer in all ? _memory.Peers.Take(1) : changed)
                Note(peer);
            throw PeerDatabase.Explain(e, _database.Path);
        }
    }
}
