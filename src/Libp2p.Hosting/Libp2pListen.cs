namespace Libp2p.Hosting;

/// <summary>How many addresses the node was asked to listen on, by the code and the settings together.</summary>
internal sealed class Libp2pListen
{
    public int Count { get; set; }
}
