using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Libp2p;
using Libp2p.Tests.Transports.WebSocket;

namespace Tincan.Tests.Processes;

/// <summary><c>tincan check</c> and <c>tincan doctor</c>.</summary>
public sealed class DiagnosisTests
{
    private static readonly string Stranger = Identity.Generate().PeerId.ToString();

    private static string PortOf(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);

    [Fact]
    public async Task Check_shows_each_step_of_a_connection_with_its_time()
    {
        await using var chat = await TincanProcess.StartChatAsync();
        var (steps, exit) = await StepsAsync("check", chat.Address, "--json");
        Assert.Equal(0, exit);
        Assert.Equal(["connect", "security", "peer", "muxer", "identify", "ping"], steps.Select(s => (string?)s["step"]));
        Assert.All(steps, s => Assert.Equal("ok", (string?)s["result"]));
        Assert.All(steps.Where(s => (string?)s["step"] != "peer"), s => Assert.True((double)s["ms"]! >= 0));

        var ended = await TincanProcess.RunAsync("check", chat.Address);
        Assert.Equal((0, ""), (ended.ExitCode, ended.Errors));
        Assert.Contains("✓ security    /noise, as ed25519 (", ended.Output, StringComparison.Ordinal);
        Assert.EndsWith("this address works", ended.Output.TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_peer_is_found_at_the_comparison()
    {
        await using var chat = await TincanProcess.StartChatAsync();
        var (steps, exit) = await StepsAsync("check", chat.Address.Replace(chat.Peer, Stranger, StringComparison.Ordinal), "--json");
        Assert.Equal(1, exit);
        Assert.Equal(("peer", "failed"), ((string?)steps[^1]["step"], (string?)steps[^1]["result"]));
        Assert.Contains(chat.Peer, (string)steps[^1]["detail"]!, StringComparison.Ordinal);
        Assert.NotEmpty((string)steps[^1]["hint"]!);
    }

    [Fact]
    public async Task A_port_that_nobody_listens_on_fails_at_the_connect()
    {
        // Held without listening: nobody else can begin to answer on it.
        using var held = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        held.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var (steps, exit) = await StepsAsync("check", $"/ip4/127.0.0.1/tcp/{((IPEndPoint)held.LocalEndPoint!).Port}", "--json");
        Assert.Equal(1, exit);
        Assert.Equal(("connect", "failed"), ((string?)Assert.Single(steps)["step"], (string?)steps[0]["result"]));
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")]
    [InlineData("")]
    public async Task What_is_no_peer_fails_at_the_security(string answer)
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var isOver = new TaskCompletionSource();
        var serving = Task.Run(async () =>
        {
            using var client = await server.AcceptTcpClientAsync();
            var buffer = new byte[1024];
            Assert.NotEqual(0, await client.GetStream().ReadAsync(buffer));
            if (answer.Length > 0)
                await client.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(answer));
            else
                await isOver.Task;
        });
        var (steps, exit) = await StepsAsync("check", $"/ip4/127.0.0.1/tcp/{PortOf(server)}", "--json");
        Assert.Equal(1, exit);
        Assert.Equal([("connect", "ok"), ("security", "failed")], steps.Select(s => ((string)s["step"]!, (string)s["result"]!)));
        isOver.SetResult();
        await serving;
    }

    [Fact]
    public async Task A_name_is_looked_up_and_each_of_its_addresses_tried()
    {
        await using var chat = await TincanProcess.StartChatAsync();
        var (steps, exit) = await StepsAsync("check", chat.Address.Replace("/ip4/127.0.0.1", "/dns4/localhost", StringComparison.Ordinal), "--json");
        Assert.Equal(0, exit);
        Assert.Equal(["name", "connect", "security", "peer", "muxer", "identify", "ping"], steps.Select(s => (string?)s["step"]));

        // RFC 6761: a name that is never there.
        (steps, exit) = await StepsAsync("check", "/dns/nowhere.invalid/tcp/1", "--json");
        Assert.Equal(1, exit);
        Assert.Equal(("name", "failed"), ((string?)Assert.Single(steps)["step"], (string?)steps[0]["result"]));
    }

    [Fact]
    public async Task Doctor_finds_all_that_a_chat_needs_and_what_is_broken()
    {
        using var folder = new ScratchFolder();
        Assert.Equal(0, (await TincanProcess.RunAsync("key", "new", "--data", folder.Path)).ExitCode);
        var (steps, exit) = await StepsAsync("doctor", "--json", "--data", folder.Path, "--listen", "/ip4/127.0.0.1/tcp/0", "--name", "localhost");
        Assert.Equal(0, exit);
        Assert.Equal(
            ["clock", "folder", "key", "network", "limits", "crypto", "protocols", "self-test", "IPv4", "IPv6", "listen", "names"], steps.Select(s => (string?)s["step"]).Distinct());
        Assert.DoesNotContain(steps, s => (string?)s["result"] == "failed");

        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        await File.WriteAllTextAsync(folder.File("identity.key"), "not a key");
        (steps, exit) = await StepsAsync("doctor", "--json", "--data", folder.Path, "--listen", $"/ip4/127.0.0.1/tcp/{PortOf(taken)}", "--legacy", "--name", "nowhere.invalid");
        Assert.Equal(1, exit);
        Assert.Equal(["key", "listen"], steps.Where(s => (string?)s["result"] == "failed").Select(s => (string?)s["step"]));
        Assert.All(steps.Where(s => (string?)s["result"] == "failed"), s => Assert.NotEmpty((string)s["hint"]!));
        Assert.Equal("absent", (string?)steps[^1]["result"]);
        Assert.Contains("weak", (string)Assert.Single(steps, s => (string?)s["step"] == "protocols")["detail"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_judges_how_a_node_is_reached()
    {
        using var folder = new ScratchFolder();
        using var certificates = new TestCertificates();
        certificates.Write("localhost");
        string[] operated =
        [
            "doctor", "--json", "--data", folder.Path, "--name", "localhost", "--listen", "/ip4/127.0.0.1/tcp/0/tls/ws",
            "--certificate", certificates.Certificate, "--certificate-key", certificates.Key, "--trust-proxy", "10.0.0.0/8",
        ];
        var (steps, exit) = await StepsAsync([.. operated, "--announce", "/dns4/localhost/tcp/443/tls/ws", "--append-announce", "/ip4/10.0.0.1/tcp/4001"]);
        Assert.Equal(0, exit);
        Assert.Equal(
            [("listen", "ok"), ("certificate", "ok"), ("announce", "absent"), ("announce", "absent"), ("proxy", "ok"), ("names", "ok")],
            steps.SkipWhile(s => (string?)s["step"] != "listen").Select(s => ((string)s["step"]!, (string)s["result"]!)));
        Assert.Contains("localhost, until 2070-01-01, by test authority", (string)Assert.Single(steps, s => (string?)s["step"] == "certificate")["detail"]!, StringComparison.Ordinal);

        (steps, exit) = await StepsAsync([.. operated, "--announce", "/dns4/nowhere.invalid/tcp/443/tls/ws"]);
        Assert.Equal(1, exit);
        Assert.Equal(["certificate", "announce"], steps.Where(s => (string?)s["result"] == "failed").Select(s => (string?)s["step"]));

        await File.WriteAllTextAsync(certificates.Key, "damaged");
        (steps, exit) = await StepsAsync(operated);
        Assert.Equal(1, exit);
        Assert.Equal("certificate", (string?)Assert.Single(steps, s => (string?)s["result"] == "failed")["step"]);
    }

    private static async Task<(List<JsonNode> Steps, int Exit)> StepsAsync(params string[] arguments)
    {
        var ended = await TincanProcess.RunAsync(arguments);
        Assert.Equal("", ended.Errors);
        var events = ended.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal("verdict", (string?)events[^1]["event"]);
        Assert.Equal(ended.ExitCode == 0, (bool)events[^1]["ok"]!);
        Assert.All(events.SkipLast(1), e => Assert.Equal("step", (string?)e["event"]));
        return (events.SkipLast(1).ToList(), ended.ExitCode);
    }
}
