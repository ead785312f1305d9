using Libp2p.Interop.Tests.Peers;

namespace Libp2p.Benchmarks.Macro.Processes;

/// <summary>This program in another process, as <see cref="Peer.PeerProgram"/>.</summary>
internal sealed class OurPeer : PeerProcess
{
    private OurPeer(string program, IEnumerable<string> arguments)
        : base("ours", program, arguments)
    {
    }

    public string Address { get; private set; } = "";

    /// <summary>The port of the bare socket beside the node; 0 where it does not listen.</summary>
    public int RawPort { get; private set; }

    public static async Task<OurPeer> StartAsync(bool listen, Stack stack)
    {
        string[] arguments = ["peer", .. listen ? ["--listen"] : Array.Empty<string>(), .. stack.OurFlags];
        var program = Environment.ProcessPath ?? throw new PeerException("ours: the path of this program is not known");
        // Started by `dotnet X.dll`, the program is dotnet itself.
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
            arguments = [Path.Combine(AppContext.BaseDirectory, "Libp2p.Benchmarks.dll"), .. arguments];
        var peer = new OurPeer(program, arguments);
        try
        {
            var ready = await peer.WaitForAsync("ready");
            if (listen)
            {
                peer.Address = ready.Texts("addrs")[0];
                peer.RawPort = (int)ready.Number("raw");
            }
            return peer;
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
    }
}
