using Libp2p.Interop.Tests.Peers;
using Libp2p.Transports.WebSocket;

namespace Libp2p.Interop.Tests.Nodes;

/// <summary>Our node and a js-libp2p that are connected, for one test. Its end writes what js said last into the test's output, which failures show.</summary>
public sealed class Encounter : IAsyncDisposable
{
    /// <summary>How long anything may take on a machine that is busy: a bound of being alive, not of speed.</summary>
    static readonly TimeSpan _patience = TimeSpan.FromSeconds(120);

    readonly CancellationTokenSource _deadline = new(_patience);
    readonly (ConnectionInfo AsWeSee, PeerEvent AsJsSees) _connection;
    readonly bool _isShared;

    Encounter(OurNode ours, JsPeer js, (ConnectionInfo AsWeSee, PeerEvent AsJsSees) connection, bool isShared)
    {
        _connection = connection;
        Ours = ours;
        Js = js;
        _isShared = isShared;
    }

    /// <summary>Our side.</summary>
    public OurNode Ours { get; }

    /// <summary>The other side.</summary>
    public JsPeer Js { get; }

    /// <summary>Their connection, as our side sees it.</summary>
    public ConnectionInfo Connection => _connection.AsWeSee;

    /// <summary>Their connection, as js sees it: its <c>connect</c> event.</summary>
    public PeerEvent ConnectionOfJs => _connection.AsJsSees;

    /// <summary>Cancelled when the test has taken far too long.</summary>
    public CancellationToken Deadline => _deadline.Token;

    /// <summary>Starts both and lets one dial the other.</summary>
    /// <param name="dialer">Who dials.</param>
    /// <param name="flags">Flags of js beside where it listens.</param>
    /// <param name="configure">Changes our node's builder.</param>
    /// <param name="reply">What our side answers to a direct message.</param>
    /// <param name="over">What stands behind the TCP port in the addresses of both: <c>/ws</c> for WebSocket.</param>
    /// <param name="secure">Adds our side's security protocols; null for Noise.</param>
    /// <param name="webSocket">Our side's options of WebSocket.</param>
    public static async Task<Encounter> StartAsync(
        Side dialer, string[]? flags = null, Action<NodeBuilder>? configure = null, string? reply = null, string over = "",
        Action<NodeBuilder>? secure = null, WebSocketOptions? webSocket = null)
    {
        var starting = JsPeer.ListenAsync(over, flags ?? []);
        var ours = await OurNode.StartAsync(configure, reply, over, secure, webSocket);
        JsPeer? js = null;
        try
        {
            js = await starting;
            return new Encounter(ours, js, await ConnectAsync(dialer, ours, js), isShared: false);
        }
        catch
        {
            await ours.DisposeAsync();
            if (js is not null)
                await js.DisposeAsync();
            throw;
        }
    }

    /// <summary>The same two in another test: who ends that leaves them as they are.</summary>
    public Encounter Share() => new(Ours, Js, _connection, isShared: true);

    /// <summary>Opens a stream of ours to js.</summary>
    public ValueTask<PeerStream> OpenAsync(ProtocolId protocol) => Ours.Node.OpenStreamAsync(Connection.RemotePeer, protocol, Deadline);

    /// <summary>Shows that both sides still work: an echo that each asks of the other.</summary>
    public async Task AssertAliveAsync()
    {
        await using (var stream = await OpenAsync(TestProtocols.Echo))
            await stream.EchoAsync(1_000, Deadline);
        Assert.True((await Js.AskAsync("echo", new { peer = Ours.Peer, bytes = 1_000 }, "echo")).Flag("ok"));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        TestContext.Current.TestOutputHelper?.WriteLine(Js.Report);
        _deadline.Dispose();
        if (_isShared)
            return;
        await Ours.DisposeAsync();
        await Js.DisposeAsync();
    }

    static async Task<(ConnectionInfo AsWeSee, PeerEvent AsJsSees)> ConnectAsync(Side dialer, OurNode ours, JsPeer js)
    {
        using var deadline = new CancellationTokenSource(_patience);
        if (dialer == Side.Ours)
        {
            var connection = await ours.Node.ConnectAsync(Multiaddress.Parse(js.Addresses[0], null), deadline.Token);
            // Who dials is ready half a round trip before the other side.
            return (connection, await js.WaitForAsync("connect", e => e.Text("peer") == ours.Peer));
        }
        await js.AskAsync("dial", new { addr = ours.Address }, "dialed");
        var opened = await ours.WaitForAsync<ConnectionOpened>(e => e.Connection.RemotePeer.ToString() == js.Peer, deadline.Token);
        return (opened.Connection, await js.WaitForAsync("connect", e => e.Text("peer") == ours.Peer));
    }
}
