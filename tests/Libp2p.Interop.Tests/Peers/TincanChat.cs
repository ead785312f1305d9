namespace Libp2p.Interop.Tests.Peers;

/// <summary>Our own program in a process of its own: a guest's chat that tells in JSON what happens, and takes lines as a person types them.</summary>
public sealed class TincanChat : PeerProcess
{
    TincanChat(IEnumerable<string> arguments)
        : base("tincan", Path.Combine(AppContext.BaseDirectory, "tincan"), ["chat", "--json", "--guest", "--listen", "/ip4/127.0.0.1/tcp/0", .. arguments])
    {
    }

    /// <summary>Its peer id, as text.</summary>
    public string Peer { get; private set; } = "";

    /// <summary>Where it listens, with its peer id.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Starts it and waits until it listens.</summary>
    public static async Task<TincanChat> StartAsync(params string[] arguments)
    {
        var chat = new TincanChat(arguments);
        try
        {
            var ready = await chat.WaitForAsync("ready");
            (chat.Peer, chat.Address) = (ready.Text("peer"), ready.Texts("addrs")[0]);
            return chat;
        }
        catch
        {
            await chat.DisposeAsync();
            throw;
        }
    }

    /// <summary>Types a line: a message, or a command that begins with a slash.</summary>
    public Task TypeAsync(string line) => SendTextAsync(line, TestContext.Current.CancellationToken);
}
