using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Libp2p;

namespace Tincan.Tests.Processes;

public sealed class FailureTests
{
    [Theory]
    [InlineData("frobnicate", "frobnicate")]
    [InlineData("chat --bogus", "--bogus")]
    [InlineData("ping", "argument")]
    [InlineData("ping /ip4/300.1.1.1/tcp/1", "300.1.1.1")]
    [InlineData("ping /ip4/127.0.0.1/tcp/99999", "99999")]
    [InlineData("ping nonsense", "nonsense")]
    [InlineData("identify /ip4/127.0.0.1/tcp/1/p2p/Qmbad", "Qmbad")]
    [InlineData("ping /ip4/127.0.0.1/tcp/1 --count x", "--count x")]
    [InlineData("chat --guest --listen /ip4/1.2.3/tcp/0", "1.2.3")]
    [InlineData("chat --guest --dial /tcp", "tcp")]
    [InlineData("chat --guest --deny nobody", "nobody")]
    [InlineData("chat --guest --allow 10.1.2.3/8", "10.0.0.0/8")]
    [InlineData("chat --guest --deny all --allow all", "--allow")]
    [InlineData("chat --guest --room a\tb", "white space")]
    [InlineData("chat --guest --history-size 1KiB", "--history-size")]
    [InlineData("chat --guest --history-days 0", "--history-days")]
    [InlineData("chat --guest --data x", "--guest")]
    [InlineData("chat --guest --listen /ip4/127.0.0.1/tcp/0/tls/ws --certificate no-such-file", "no-such-file")]
    [InlineData("perf --serve --announce /ip4/127.0.0.1/tcp/0", "port 0")]
    [InlineData("doctor --trust-proxy 10.0.0.0/8", "--trust-proxy")]
    [InlineData("perf", "--serve")]
    [InlineData("perf /ip4/127.0.0.1/tcp/1", "--upload")]
    [InlineData("perf /ip4/127.0.0.1/tcp/1 --upload 64XB", "64XB")]
    [InlineData("key", "command")]
    [InlineData("key new --type foo", "foo")]
    public async Task What_makes_no_sense_ends_2_with_one_line(string arguments, string named)
    {
        var ended = await TincanProcess.RunAsync(arguments.Split(' '));
        Assert.Equal(2, ended.ExitCode);
        Failures.AssertOneLine(ended);
        Assert.Contains(named, ended.Errors, StringComparison.Ordinal);
        Assert.Equal("", ended.Output);
    }

    [Theory]
    [InlineData("ping ADDRESS")]
    [InlineData("identify ADDRESS")]
    [InlineData("perf ADDRESS --download 1KiB")]
    [InlineData("chat --guest --listen /ip4/127.0.0.1/tcp/0 --dial ADDRESS")]
    public async Task A_peer_that_cannot_be_reached_ends_1_with_one_line(string arguments)
    {
        // A port that was free a moment ago, held without listening: nobody else can begin to answer on it.
        using var held = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        held.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var address = $"/ip4/127.0.0.1/tcp/{((IPEndPoint)held.LocalEndPoint!).Port}";
        var ended = await TincanProcess.RunAsync(arguments.Replace("ADDRESS", address, StringComparison.Ordinal).Split(' '));
        Assert.Equal(1, ended.ExitCode);
        Failures.AssertOneLine(ended);
        Assert.Contains(address, ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_wrong_peer_is_told_in_one_line_that_names_both()
    {
        await using var chat = await TincanProcess.StartChatAsync();
        var wrong = Identity.Generate().PeerId.ToString();
        var ended = await TincanProcess.RunAsync("ping", chat.Address.Replace(chat.Peer, wrong, StringComparison.Ordinal));
        Assert.Equal(1, ended.ExitCode);
        Failures.AssertOneLine(ended);
        Assert.Contains($"the peer that answered is {chat.Peer}, not {wrong}", ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_ends_1_with_one_line()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var address = $"/ip4/127.0.0.1/tcp/{((IPEndPoint)taken.LocalEndpoint).Port}";
        var ended = await TincanProcess.RunAsync("chat", "--guest", "--listen", address);
        Assert.Equal(1, ended.ExitCode);
        Failures.AssertOneLine(ended);
        Assert.Contains(address, ended.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not a key", UnixFileMode.UserRead | UnixFileMode.UserWrite)]
    [InlineData("", UnixFileMode.UserRead | UnixFileMode.UserWrite)]
    [InlineData("not a key", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead)]
    [UnsupportedOSPlatform("windows")]
    public async Task A_key_file_that_cannot_be_used_ends_1_and_stays_as_it_is(string content, UnixFileMode mode)
    {
        using var folder = new ScratchFolder();
        var path = folder.File("identity.key");
        await File.WriteAllTextAsync(path, content);
        File.SetUnixFileMode(path, mode);
        foreach (var arguments in (string[][])[["chat", "--data", folder.Path], ["key", "show", "--data", folder.Path], ["key", "new", "--data", folder.Path]])
        {
            var ended = await TincanProcess.RunAsync(arguments);
            Assert.Equal(1, ended.ExitCode);
            Failures.AssertOneLine(ended);
            Assert.Contains(path, ended.Errors, StringComparison.Ordinal);
        }
        Assert.Equal(content, await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task A_certificate_that_has_expired_is_told_and_shown_all_the_same()
    {
        using var folder = new ScratchFolder();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var expired = new CertificateRequest("CN=chat.example", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(1));
        await File.WriteAllTextAsync(folder.File("both.pem"), expired.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());
        var ended = await TincanProcess.RunAsync("chat", "--guest", "--json", "--listen", "/ip4/127.0.0.1/tcp/0/tls/ws", "--certificate", folder.File("both.pem"));
        Assert.Equal(0, ended.ExitCode);
        Failures.AssertOneLine(ended);
        Assert.Contains("expired on 1971-01-01", ended.Errors, StringComparison.Ordinal);
        Assert.Contains("\"ready\"", ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_folder_that_cannot_be_written_ends_1_with_one_line()
    {
        using var folder = new ScratchFolder();
        await File.WriteAllTextAsync(folder.File("file"), "");
        var ended = await TincanProcess.RunAsync("chat", "--data", Path.Combine(folder.Path, "file", "within"));
        Assert.Equal(1, ended.ExitCode);
        Failures.AssertOneLine(ended);
        Assert.Contains("--guest", ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_on_a_full_disk_is_told_once_and_the_chat_goes_on()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "this system has no /dev/full");
        await using var chat = await TincanProcess.StartChatAsync("-vv", "--log", "/dev/full");
        await chat.TypeAsync("/quit");
        var ended = await chat.WaitForEndAsync();
        Assert.Equal(0, ended.ExitCode);
        Failures.AssertOneLine(ended);
        Assert.Contains("no space left", ended.Errors, StringComparison.Ordinal);
    }
}
