using Libp2p.Interop.Tests.Nodes;
using Libp2p.Interop.Tests.Peers;
using Libp2p.Tests.Transports.WebSocket;

namespace Libp2p.Interop.Tests.Matrix;

/// <summary>A js-libp2p of either year: their programs take the same flags and commands.</summary>
sealed class JsParticipant : Participant
{
    /// <summary>The pure JavaScript of 2020 takes its time, on a machine that does other things too.</summary>
    static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    readonly JsPeer _js;

    JsParticipant(JsPeer js) => _js = js;

    public override string Peer => _js.Peer;

    public static async Task<Participant> StartAsync(Kind kind, TestCertificates certificates, string[] securities, string[] muxers, string[] transports)
    {
        IEnumerable<string> flags =
        [
            "--reply", Reply,
            .. transports.SelectMany(transport => new[] { "--listen", Transports.AnyPort(transport) }),
            .. securities.SelectMany(security => new[] { "--security", security }),
        ];
        if (kind == Kind.Js2020)
            return new JsParticipant(await JsPeer.Start2020Async([.. flags, "--pubsub", "none", "--any-certificate"]));
        flags = [.. flags, "--cert", certificates.Certificate, "--cert-key", certificates.Key, "--ca", certificates.RootFile];
        return new JsParticipant(await JsPeer.StartAsync([.. flags, .. muxers.SelectMany(muxer => new[] { "--muxer", muxer }), "--no-monitor"]));
    }

    public override string AddressOf(string transport) => _js.Addresses.First(address => Transports.Of(address) == transport);

    /// <remarks>2020 knew <c>/wss</c> alone.</remarks>
    public override async Task<(string Security, string Muxer)> DialAsync(string address) =>
        Describe(await AskAsync("dial", new { addr = address.Replace("/tls/ws", "/wss", StringComparison.Ordinal) }, "dialed"));

    public override async Task<(string Security, string Muxer)> AcceptAsync(string peer) =>
        Describe(await _js.WaitForAsync("connect", e => e.Text("peer") == peer, _patience));

    public override async Task<IReadOnlyCollection<string>> IdentifyAsync(string peer) => (await AskAsync("identify", new { peer }, "identify")).Texts("protocols");

    public override Task PingAsync(string peer) => AskAsync("ping", new { peer }, "ping");

    public override async Task<string> ChatAsync(string peer, string text) => (await AskAsync("direct", new { peer, text }, "direct-sent")).Text("reply");

    public override async Task<string> HearAsync(string peer) => (await _js.WaitForAsync("direct", e => e.Text("from") == peer, _patience)).Text("text");

    public override async Task EchoAsync(string peer, int bytes) => Assert.True((await AskAsync("echo", new { peer, bytes }, "echo")).Flag("ok"));

    public override async Task HalfCloseAsync(string peer, int bytes) => Assert.True((await AskAsync("half-close", new { peer, bytes }, "half-close")).Flag("ok"));

    public override async Task CloseAsync(string peer)
    {
        await AskAsync("hangup", new { peer }, "hungup");
        await WaitForCloseAsync(peer, saysGoodbye: false);
    }

    public override async Task WaitForCloseAsync(string peer, bool saysGoodbye)
    {
        await _js.WaitForAsync("disconnect", e => e.Text("peer") == peer, _patience);
        var open = (await AskAsync("connections", null, "connections")).Json.GetProperty("items").EnumerateArray();
        Assert.DoesNotContain(open, item => item.GetProperty("peer").GetString() == peer);
    }

    public override ValueTask DisposeAsync() => _js.DisposeAsync();

    Task<PeerEvent> AskAsync(string command, object? arguments, string answer) => _js.AskAsync(command, arguments, answer, _patience);

    static (string Security, string Muxer) Describe(PeerEvent connection) => (connection.Text("security"), connection.Text("muxer"));
}
