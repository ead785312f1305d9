using Microsoft.Data.Sqlite;

namespace Libp2p.Sqlite.Tests;

/// <summary>Files that cannot be used: the error says so, and what is there stays.</summary>
public sealed class DamageTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_file_of_another_kind_is_refused_and_left_alone()
    {
        var before = new byte[5000];
        new Random(1).NextBytes(before);
        File.WriteAllBytes(_folder.File(), before);
        var failure = Assert.Throws<PeerStoreFileException>(() => SqlitePeerStore.Open(_folder.File()));
        Assert.True(failure.IsDamaged);
        Assert.Contains("move it away", failure.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(_folder.File()));
        Assert.Equal(["peers.db"], _folder.Files);
    }

    [Fact]
    public async Task A_fresh_one_is_begun_beside_it_where_that_is_asked_for()
    {
        var before = new byte[5000];
        new Random(2).NextBytes(before);
        File.WriteAllBytes(_folder.File(), before);
        var options = new SqlitePeerStoreOptions { ReplaceDamaged = true };
        await using (var store = SqlitePeerStore.Open(_folder.File(), options))
            Assert.Empty(await store.ListAsync());
        var kept = Assert.Single(_folder.Files, f => f.StartsWith("peers.db.damaged-", StringComparison.Ordinal));
        Assert.Equal(before, File.ReadAllBytes(_folder.File(kept)));
        await using (SqlitePeerStore.Open(_folder.File()))
        {
        }
    }

    [Fact]
    public async Task A_file_that_rotted_inside_is_refused()
    {
        await FillAsync();
        using (var file = new FileStream(_folder.File(), FileMode.Open))
        {
            // The first page says what the file is; what is behind it says what is in it.
            file.Position = 4096;
            while (file.Position < file.Length)
                file.WriteByte(0x5a);
        }
        Assert.True(Assert.Throws<PeerStoreFileException>(() => SqlitePeerStore.Open(_folder.File())).IsDamaged);
    }

    [Fact]
    public async Task A_file_that_was_cut_short_is_refused()
    {
        await FillAsync();
        using (var file = new FileStream(_folder.File(), FileMode.Open))
            file.SetLength(file.Length / 2);
        Assert.True(Assert.Throws<PeerStoreFileException>(() => SqlitePeerStore.Open(_folder.File())).IsDamaged);
    }

    [Fact]
    public void A_database_of_something_else_is_refused_and_left_alone()
    {
        Run("CREATE TABLE recipes (name TEXT); PRAGMA user_version = 1;");
        Assert.True(Assert.Throws<PeerStoreFileException>(() => SqlitePeerStore.Open(_folder.File())).IsDamaged);
        Run("INSERT INTO recipes VALUES ('soup')");
    }

    [Fact]
    public async Task A_file_of_a_later_version_is_refused_and_no_damage()
    {
        await FillAsync();
        Run("PRAGMA user_version = 99;");
        var failure = Assert.Throws<PeerStoreFileException>(() => SqlitePeerStore.Open(_folder.File(), new SqlitePeerStoreOptions { ReplaceDamaged = true }));
        Assert.False(failure.IsDamaged);
        Assert.Contains("later version", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_in_use_is_refused_and_no_damage()
    {
        await using var first = SqlitePeerStore.Open(_folder.File());
        var failure = Assert.Throws<PeerStoreFileException>(() => SqlitePeerStore.Open(_folder.File(), new SqlitePeerStoreOptions { ReplaceDamaged = true }));
        Assert.False(failure.IsDamaged);
        Assert.Contains("in use by another process", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_does_not_exist_is_said() =>
        Assert.False(Assert.Throws<PeerStoreFileException>(() => SqlitePeerStore.Open(_folder.File("no/such/folder.db"))).IsDamaged);

    [Fact]
    public async Task Only_its_owner_may_read_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes.");
        await FillAsync();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.File()));
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => SqlitePeerStore.Open(_folder.File(), new SqlitePeerStoreOptions { FlushInterval = TimeSpan.Zero }));
        var options = new SqlitePeerStoreOptions();
        options.Bounds.MaxPeers = 0;
        Assert.Throws<ArgumentOutOfRangeException>(() => SqlitePeerStore.Open(_folder.File(), options));
        Assert.Empty(_folder.Files);
    }

    private async Task FillAsync()
    {
        await using var store = SqlitePeerStore.Open(_folder.File());
        for (var i = 0; i < 200; i++)
        {
            using var peer = Identity.Generate();
            await store.AddAddressesAsync(peer.PeerId, [Multiaddress.Parse("/ip4/8.8.4.4/tcp/1")], AddressTrust.Permanent);
        }
    }

    private void Run(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={_folder.File()};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
