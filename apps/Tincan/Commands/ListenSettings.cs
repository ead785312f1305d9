using System.Net;
using Libp2p;
using Libp2p.Transports.WebSocket;

namespace Tincan.Commands;

/// <summary>What the command line says of being reached.</summary>
internal sealed class ListenSettings
{
    private static readonly WebSocketLayer WebSocket = new();

    /// <summary>Where to listen.</summary>
    public required IReadOnlyList<Multiaddress> Listen { get; init; }

    /// <summary>What others are told instead; empty for where it listens.</summary>
    public IReadOnlyList<Multiaddress> Announce { get; init; } = [];

    /// <summary>What others are told beside it.</summary>
    public IReadOnlyList<Multiaddress> AppendAnnounce { get; init; } = [];

    /// <summary>The file of the certificate; null for a self-signed one.</summary>
    public string? Certificate { get; init; }

    /// <summary>The file of the certificate's key; null where it is in the same one.</summary>
    public string? CertificateKey { get; init; }

    /// <summary>The proxies that are believed.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>The key file of the private network that it is in; null for none.</summary>
    public string? SwarmKey { get; init; }

    /// <summary>All that others are told by the command line.</summary>
    public IEnumerable<Multiaddress> Announced => Announce.Concat(AppendAnnounce);

    /// <summary>Whether a listener shows a certificate.</summary>
    public bool IsSecure => Listen.Any(ShowsCertificate);

    /// <summary>Whether an address is one of a WebSocket.</summary>
    public static bool IsWebSocket(Multiaddress address) => WebSocket.Handles(address);

    /// <summary>Whether who dials an address is shown a certificate.</summary>
    public static bool ShowsCertificate(Multiaddress address) =>
        IsWebSocket(address) && (address.Contains(MultiaddressProtocols.Tls) || address.Contains(MultiaddressProtocols.Wss));

    /// <summary>Refuses what does not go together.</summary>
    /// <exception cref="CommandException">Which, and what to do.</exception>
    public void Check()
    {
        if (SwarmKey is not null && Listen.Concat(Announced).FirstOrDefault(a => a.WithoutPeerId()?.Parts[^1].Protocol != MultiaddressProtocols.Tcp) is { } other)
            throw Refuse($"a private network's port is bare TCP, and {other} is not", "leave out that address, or --swarm-key");
        if (CertificateKey is not null && Certificate is null)
            throw Refuse("--certificate-key is the key of no certificate", "give --certificate too");
        if (Certificate is not null && !IsSecure)
            throw Refuse("--certificate is shown to nobody, since no --listen address has TLS", "add one, such as --listen /ip4/0.0.0.0/tcp/443/tls/ws");
        var hasWebSocket = Listen.Any(IsWebSocket);
        if (TrustedProxies.Count > 0 && !hasWebSocket)
            throw Refuse("--trust-proxy is of no use, since no --listen address is a WebSocket, and only there a proxy tells where a peer comes from", "add one, such as --listen /ip4/127.0.0.1/tcp/4002/ws");
        if (!hasWebSocket && Announced.FirstOrDefault(IsWebSocket) is { } announced)
            throw Refuse($"{announced} is announced, and no --listen address is a WebSocket", "add one, such as --listen /ip4/127.0.0.1/tcp/4002/ws");
    }

    /// <summary>Reads the certificate once, so that a wrong one is told before anything starts, and one that nobody takes now on standard error.</summary>
    /// <exception cref="CommandException">It cannot be used.</exception>
    public void CheckCertificate(TimeProvider time)
    {
        if (Certificate is null)
            return;
        using var certificate = CertificateFile.Load(Certificate, CertificateKey);
        if (certificate.FaultAt(time.GetUtcNow()) is { } fault)
            Output.WriteErrorLine($"tincan: {PrintableText.Escape($"the certificate {Certificate} {fault}")}; renew it, the new one is taken without a restart");
    }

    /// <summary>Sets a node up so.</summary>
    /// <exception cref="CommandException">An announced address leads to another peer.</exception>
    public void Apply(NodeBuilder builder, PeerId self)
    {
        if (Announced.FirstOrDefault(a => a.PeerId is { } peer && peer != self) is { } other)
            throw Refuse($"{other} is announced, and this node is {self}", "leave out its /p2p/…, which is added by itself");
        foreach (var address in Listen)
            builder.Listen(address);
        builder.Configure(o =>
        {
            Add(o.Announce, Announce);
            Add(o.AppendAnnounce, AppendAnnounce);
            Add(o.Upgrade.TrustedProxies, TrustedProxies);
        });
    }

    private static void Add<T>(IList<T> to, IReadOnlyList<T> items)
    {
        foreach (var item in items)
            to.Add(item);
    }

    private static CommandException Refuse(string what, string nextStep) => new(what, nextStep, ExitCodes.Usage);
}
