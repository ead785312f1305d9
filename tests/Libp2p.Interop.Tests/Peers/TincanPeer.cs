namespace Libp2p.Interop.Tests.Peers;

/// <summary>The chat program as its users have it: typed lines go in, its JSON events come out.</summary>
public sealed class TincanPeer : PeerProcess
{
    TincanPeer(IEnumerable<string> arguments)
        : base("tincan", Path.Combine(AppContext.BaseDirectory, "tincan"), arguments)
    {
    }

    /// <summary>Its peer id, as text.</summary>
    public string Peer { get; private set; } = "";

    /// <summary>Where it listens, with its peer id.</summary>
    public string Address => Addresses[0];

    /// <summary>All addresses that it tells others.</summary>
    public IReadOnlyList<string> Addresses { get; private set; } = [];

    /// <summary>Starts a guest's chat on the loopback interface and waits until it listens.</summary>
    /// <param name="arguments">Further arguments.</param>
    public static Task<TincanPeer> StartAsync(params string[] arguments) => StartOverAsync("", arguments);

    /// <summary>Starts a guest's chat on the loopback interface and waits until it listens.</summary>
    /// <param name="over">What stands behind the TCP port in its address.</param>
    /// <param name="arguments">Further arguments.</param>
    public static async Task<TincanPeer> StartOverAsync(string over, params string[] arguments)
    {
        var chat = new TincanPeer(["chat", "--guest", "--json", "--listen", "/ip4/127.0.0.1/tcp/0" + over, .. arguments]);
        try
        {
            var ready = await chat.WaitForAsync("ready");
            (chat.Peer, chat.Addresses) = (ready.Text("peer"), ready.Texts("addrs"));
            return chat;
        }
        catch
        {
            await chat.DisposeAsync();
            throw;
        }
    }
}
