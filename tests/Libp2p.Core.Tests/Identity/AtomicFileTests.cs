namespace Libp2p.Tests.Identities;

public sealed class AtomicFileTests : IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("libp2p-file-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Of_many_files_for_one_name_exactly_one_gets_it()
    {
        for (var round = 0; round < 100; round++)
        {
            var name = Path.Combine(_folder.FullName, $"name-{round}");
            var temporary = Enumerable.Range(0, 8).Select(i => $"{name}.{i}").ToArray();
            foreach (var file in temporary)
                File.WriteAllText(file, file);
            using var start = new Barrier(temporary.Length);
            var published = new bool[temporary.Length];
            var threads = temporary.Select((file, i) => new Thread(() =>
            {
                start.SignalAndWait();
                published[i] = AtomicFile.TryPublish(file, name);
            })).ToArray();
            foreach (var thread in threads)
                thread.Start();
            foreach (var thread in threads)
                thread.Join();
            var winner = Assert.Single(Enumerable.Range(0, temporary.Length), i => published[i]);
            Assert.Equal(temporary[winner], File.ReadAllText(name));
            for (var i = 0; i < temporary.Length; i++)
                Assert.Equal(i != winner, File.Exists(temporary[i]));
        }
    }

    [Fact]
    public void A_name_in_a_folder_that_is_not_there_is_an_error()
    {
        var file = Path.Combine(_folder.FullName, "file");
        File.WriteAllText(file, "content");
        Assert.ThrowsAny<IOException>(() => AtomicFile.TryPublish(file, Path.Combine(_folder.FullName, "none", "name")));
        Assert.Equal("content", File.ReadAllText(file));
    }
}
