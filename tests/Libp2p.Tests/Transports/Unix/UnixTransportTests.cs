using System.Net.Sockets;
using Libp2p.Testing;
using Libp2p.Testing.Transports;
using Libp2p.Tests.Support;
using Libp2p.Transports.Unix;

namespace Libp2p.Tests.Transports.Unix;

public sealed class UnixTransportTests : LinkTransportConformanceTests, IDisposable
{
    readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tincan-");

    protected override Multiaddress ListenAddress => Multiaddress.Parse("/unix" + SocketPath);

    protected override bool NamesPeers => false;

    protected override bool ChoosesAddress => false;

    string SocketPath => Path.Combine(_folder.FullName, "node.sock");

    [Fact]
    public async Task The_file_is_its_owners_alone_and_goes_with_the_listener()
    {
        await using (var listener = await Create(Pool).ListenAsync(ListenAddress, default))
        {
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(SocketPath));
            Assert.Single(_folder.GetFileSystemInfos());
        }
        Assert.Empty(_folder.GetFileSystemInfos());
        await using var open = await new UnixTransport(Pool, new UnixOptions { Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupWrite }).ListenAsync(ListenAddress, default);
        if (!OperatingSystem.IsWindows())
            Assert.True(File.GetUnixFileMode(SocketPath).HasFlag(UnixFileMode.GroupWrite));
    }

    [Fact]
    public async Task A_file_that_a_dead_process_left_is_taken_over()
    {
        var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        dead.Bind(new UnixDomainSocketEndPoint(SocketPath));
        dead.Listen();
        File.Move(SocketPath, SocketPath + ".kept");
        dead.Dispose();
        File.Move(SocketPath + ".kept", SocketPath);
        await using var listener = await Create(Pool).ListenAsync(ListenAddress, default);
        await using var link = await Create(Pool).DialAsync(ListenAddress, default);
    }

    [Fact]
    public async Task A_file_that_is_no_socket_is_left_alone()
    {
        await File.WriteAllTextAsync(SocketPath, "dear");
        var failure = await Assert.ThrowsAsync<Libp2pException>(() => Create(Pool).ListenAsync(ListenAddress, default).AsTask());
        Assert.Equal(Libp2pError.ListenFailed, failure.Error);
        Assert.Contains("no socket", failure.Message, StringComparison.Ordinal);
        Assert.Equal("dear", await File.ReadAllTextAsync(SocketPath));
        Assert.Single(_folder.GetFileSystemInfos());
    }

    [Fact]
    public async Task A_path_that_is_too_long_or_has_no_folder_is_said()
    {
        var tooLong = Multiaddress.Parse("/unix/tmp/" + new string('x', 200));
        foreach (var failure in new[]
        {
            await Assert.ThrowsAsync<Libp2pException>(() => Create(Pool).ListenAsync(tooLong, default).AsTask()),
            await Assert.ThrowsAsync<Libp2pException>(() => Create(Pool).DialAsync(tooLong, default).AsTask()),
        })
            Assert.Contains("has 205 bytes", failure.Message, StringComparison.Ordinal);
        var nowhere = Multiaddress.Parse($"/unix{_folder.FullName}/none/x.sock");
        Assert.Equal(Libp2pError.ListenFailed, (await Assert.ThrowsAsync<Libp2pException>(() => Create(Pool).ListenAsync(nowhere, default).AsTask())).Error);
    }

    [Fact]
    public async Task Nodes_meet_over_it()
    {
        await using var one = await Libp2pNode.CreateBuilder().UseUnixSockets().UseNoise().UseYamux().AddPing().AddIdentify().Listen(ListenAddress).StartAsync();
        await using var other = await Libp2pNode.CreateBuilder().UseUnixSockets().UseNoise().UseYamux().AddPing().AddIdentify().StartAsync();
        var connection = await other.ConnectAsync(Assert.Single(one.Addresses), TestNodes.Patience);
        Assert.Equal(one.Identity.PeerId, connection.RemotePeer);
        Assert.True(await other.PingAsync(connection.RemotePeer, TestNodes.Patience) > TimeSpan.Zero);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    protected override ILinkTransport Create(BufferPool pool) => new UnixTransport(pool);
}
