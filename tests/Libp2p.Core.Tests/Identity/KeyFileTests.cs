namespace Libp2p.Tests.Identities;

public sealed class KeyFileTests : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("libp2p-key-");

    string KeyPath => Path.Combine(_folder.FullName, "data", "identity.key");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_new_file_is_the_owners_alone_and_gives_the_same_identity_again()
    {
        using var made = await KeyFile.LoadOrCreateAsync(KeyPath, KeyType.Ed25519, TestContext.Current.CancellationToken);
        using var loaded = await KeyFile.LoadOrCreateAsync(KeyPath, KeyType.Rsa, TestContext.Current.CancellationToken);
        Assert.Equal(made.PeerId, loaded.PeerId);
        Assert.Equal(made.Export() + "\n", await File.ReadAllTextAsync(KeyPath));
        Assert.Equal([KeyPath], Directory.GetFileSystemEntries(Path.GetDirectoryName(KeyPath)!));
        if (OperatingSystem.IsWindows())
            return;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyPath));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(Path.GetDirectoryName(KeyPath)!));
    }

    [Theory]
    [InlineData(KeyType.Rsa)]
    [InlineData(KeyType.Ed25519)]
    [InlineData(KeyType.Secp256k1)]
    [InlineData(KeyType.Ecdsa)]
    public async Task Every_type_of_key_is_kept(KeyType type)
    {
        using var identity = Identity.Generate(type);
        await KeyFile.CreateAsync(KeyPath, identity, TestContext.Current.CancellationToken);
        using var loaded = await KeyFile.LoadAsync(KeyPath, TestContext.Current.CancellationToken);
        Assert.Equal(identity.Export(), loaded.Export());
    }

    [Fact]
    public async Task A_file_that_is_there_is_not_written_again()
    {
        using var first = Identity.Generate();
        using var second = Identity.Generate();
        await KeyFile.CreateAsync(KeyPath, first);
        var error = await Assert.ThrowsAsync<KeyFileException>(async () => await KeyFile.CreateAsync(KeyPath, second));
        Assert.Contains("already", error.Message);
        Assert.Equal(first.Export() + "\n", await File.ReadAllTextAsync(KeyPath));
        Assert.Single(Directory.GetFileSystemEntries(Path.GetDirectoryName(KeyPath)!));
    }

    [Fact]
    public async Task Of_many_who_create_at_once_one_wins_and_all_get_its_identity()
    {
        using var start = new ManualResetEventSlim();
        var all = Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            start.Wait();
            return await KeyFile.LoadOrCreateAsync(KeyPath);
        })).ToArray();
        start.Set();
        var identities = await Task.WhenAll(all);
        Assert.Single(identities.Select(identity => identity.PeerId).Distinct());
        Assert.Equal(identities[0].Export() + "\n", await File.ReadAllTextAsync(KeyPath));
        Assert.Single(Directory.GetFileSystemEntries(Path.GetDirectoryName(KeyPath)!));
        foreach (var identity in identities)
            identity.Dispose();
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("\n", "no key")]
    [InlineData("hello, I am no key", "not base64")]
    [InlineData("CAESQA==\n", "no complete data")]
    [InlineData("CAcSAA==\n", "type 7")]
    public async Task A_damaged_file_is_an_error_and_stays_as_it_is(string content, string reason)
    {
        WritePrivately(content);
        var error = await Assert.ThrowsAsync<KeyFileException>(async () => await KeyFile.LoadOrCreateAsync(KeyPath));
        AssertForPeople(error, reason);
        Assert.Contains("damaged", error.Message);
        Assert.Equal(content, await File.ReadAllTextAsync(KeyPath));
    }

    [Fact]
    public async Task Every_shortened_file_is_an_error()
    {
        using var identity = Identity.Generate();
        var content = identity.Export();
        for (var length = 0; length < content.Length; length++)
        {
            WritePrivately(content[..length]);
            await Assert.ThrowsAsync<KeyFileException>(async () => await KeyFile.LoadOrCreateAsync(KeyPath));
        }
    }

    [Fact]
    public async Task A_huge_file_is_not_read_to_its_end()
    {
        WritePrivately("");
        await using (var file = File.OpenWrite(KeyPath))
            file.SetLength(1L << 32);
        var error = await Assert.ThrowsAsync<KeyFileException>(async () => await KeyFile.LoadAsync(KeyPath));
        AssertForPeople(error, "more than");
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public async Task A_file_open_to_others_is_refused(UnixFileMode more)
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no file modes.");
            return;
        }
        using var identity = Identity.Generate();
        await KeyFile.CreateAsync(KeyPath, identity);
        File.SetUnixFileMode(KeyPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | more);
        var error = await Assert.ThrowsAsync<KeyFileException>(async () => await KeyFile.LoadOrCreateAsync(KeyPath));
        AssertForPeople(error, "chmod 600");
        File.SetUnixFileMode(KeyPath, UnixFileMode.UserRead);
        using var loaded = await KeyFile.LoadAsync(KeyPath);
        Assert.Equal(identity.PeerId, loaded.PeerId);
    }

    [Fact]
    public async Task A_missing_file_is_named()
    {
        var error = await Assert.ThrowsAsync<KeyFileException>(async () => await KeyFile.LoadAsync(KeyPath));
        AssertForPeople(error, "no key file");
        Assert.False(File.Exists(KeyPath));
    }

    [Fact]
    public async Task A_folder_in_the_files_place_is_named()
    {
        Directory.CreateDirectory(KeyPath);
        AssertForPeople(await Assert.ThrowsAsync<KeyFileException>(async () => await KeyFile.LoadOrCreateAsync(KeyPath)), "it is a folder");
        using var identity = Identity.Generate();
        await Assert.ThrowsAsync<KeyFileException>(async () => await KeyFile.CreateAsync(KeyPath, identity));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_named()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "data"), "a file where the folder should be");
        var error = await Assert.ThrowsAsync<KeyFileException>(async () => await KeyFile.LoadOrCreateAsync(KeyPath));
        AssertForPeople(error, "cannot be");
    }

    [Fact]
    public async Task A_cancelled_creation_leaves_nothing()
    {
        using var identity = Identity.Generate();
        var cancelled = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await KeyFile.CreateAsync(KeyPath, identity, cancelled));
        Assert.Empty(Directory.GetFileSystemEntries(Path.GetDirectoryName(KeyPath)!));
    }

    void AssertForPeople(KeyFileException error, string reason)
    {
        Assert.Contains(KeyPath, error.Message);
        Assert.Contains(reason, error.Message);
        Assert.DoesNotContain('\n', error.Message);
        Assert.Equal(KeyPath, error.Path);
    }

    void WritePrivately(string content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(KeyPath)!);
        File.WriteAllText(KeyPath, content);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(KeyPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
