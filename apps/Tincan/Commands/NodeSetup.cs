using System.Net;
using System.Net.Sockets;
using Libp2p;
using Libp2p.Gating;
using Libp2p.Security.PrivateNetwork;
using Libp2p.Security.Tls;
using Libp2p.Transports.WebSocket;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Tincan.Commands;

/// <summary>The node of this program: what every command's has in common.</summary>
internal static class NodeSetup
{
    /// <summary>How long a node that stops waits for its handlers: half of what a goodbye may take.</summary>
    private static readonly TimeSpan StopTimeout = StopSignals.Patience / 2;

    /// <summary>Begins a node over TCP and WebSocket, with Noise, TLS where the platform has it, and Yamux.</summary>
    /// <param name="identity">Who it is.</param>
    /// <param name="log">Where it logs, if anywhere.</param>
    /// <param name="network">The private network that it is in, which has TCP alone; null for none.</param>
    /// <param name="webSocket">Options of WebSocket; null for the defaults.</param>
    public static NodeBuilder Create(Identity identity, ILoggerFactory? log = null, PrivateNetworkKey? network = null, WebSocketOptions? webSocket = null)
    {
        var builder = Libp2pNode.CreateBuilder()
            .UseIdentity(identity)
            .UseLogging(log ?? NullLoggerFactory.Instance)
            .UseTcp()
            .UseNoise()
            .UseYamux()
            .Configure(o => o.StopTimeout = StopTimeout);
        _ = network is null ? builder.UseWebSocket(webSocket) : builder.UsePrivateNetwork(network);
        return TlsProtocol.IsSupported ? builder.UseTls() : builder;
    }

    /// <summary>Begins a node that listens.</summary>
    /// <param name="identity">Who it is.</param>
    /// <param name="log">Where it logs, if anywhere.</param>
    /// <param name="network">The private network that it is in; null for none.</param>
    /// <param name="settings">Where it is reached.</param>
    /// <exception cref="CommandException">An announced address leads to another peer.</exception>
    public static NodeBuilder CreateListening(Identity identity, ILoggerFactory? log, PrivateNetworkKey? network, ListenSettings settings)
    {
        var builder = Create(identity, log, network, new WebSocketOptions { CertificateFile = settings.Certificate, CertificateKeyFile = settings.CertificateKey });
        settings.Apply(builder, identity.PeerId);
        return builder;
    }

    /// <summary>Loads the key of the private network that the command line names; null where it names none.</summary>
    /// <exception cref="KeyFileException">The file cannot be used.</exception>
    /// <exception cref="CommandException">None is named, and the environment demands one.</exception>
    public static async ValueTask<PrivateNetworkKey?> LoadSwarmKeyAsync(string? path, CancellationToken cancellationToken)
    {
        if (path is not null)
            return await PrivateNetworkKey.LoadAsync(path, cancellationToken);
        return PrivateNetworkKey.IsDemanded
            ? throw new CommandException($"{PrivateNetworkKey.DemandVariable}=1 forbids a node outside of a private network", "give its key by --swarm-key, or unset the variable")
            : null;
    }

    /// <summary>Offers also what is off by default but all that a peer of 2020 may have: SECIO and mplex, after what is better.</summary>
    public static NodeBuilder UseLegacy(this NodeBuilder builder) => builder.UseLegacySecio().UseMplex();

    /// <summary>Where to listen: everywhere on this machine where nothing is named.</summary>
    public static IReadOnlyList<Multiaddress> ListenAddresses(IReadOnlyList<Multiaddress> named) => named.Count > 0
        ? named
        : [Multiaddress.Parse("/ip4/0.0.0.0/tcp/0"), .. HasIPv6() ? [Multiaddress.Parse("/ip6/::/tcp/0")] : Array.Empty<Multiaddress>()];

    /// <summary>Reads addresses from the command line.</summary>
    /// <exception cref="CommandException">One is none; the bad part is named.</exception>
    public static IReadOnlyList<Multiaddress> ParseAddresses(IEnumerable<string>? texts) => [.. (texts ?? []).Select(ParseAddress)];

    /// <summary>Reads from the command line who may connect.</summary>
    /// <exception cref="CommandException">One names nobody, or is both denied and allowed.</exception>
    public static RuleGater ParseGater(IEnumerable<string>? denied, IEnumerable<string>? allowed)
    {
        var rules = (denied ?? []).Select(d => ParseTarget("--deny", d)).Aggregate(GateRules.Empty, (r, t) => r.Deny(t));
        foreach (var target in (allowed ?? []).Select(a => ParseTarget("--allow", a)))
        {
            if (rules.Denied.Contains(target))
                throw new CommandException($"{target} is given to --deny and to --allow", "leave one of them out", ExitCodes.Usage);
            rules = rules.Allow(target);
        }
        return new RuleGater(rules);
    }

    /// <summary>Reads an address from the command line.</summary>
    /// <exception cref="CommandException">It is none; the bad part is named.</exception>
    public static Multiaddress ParseAddress(string text) => Multiaddress.TryParse(text, out var address, out var error)
        ? address
        : throw new CommandException(FailureLine.Of(new FormatException(error)).What, "write an address like /ip4/192.0.2.1/tcp/4001/p2p/12D3Koo…", ExitCodes.Usage);

    private static GateTarget ParseTarget(string option, string text) => GateTarget.TryParse(text, out var target, out var error)
        ? target
        : throw new CommandException(
            $"{option} {PrintableText.Escape(text)}: {FailureLine.Of(new FormatException(error)).What}", "give a peer id, an IP address, a subnet such as 192.0.2.0/24, or all", ExitCodes.Usage);

    // Whether the system can use IPv6 here: it may know it and still have it switched off.
    private static bool HasIPv6()
    {
        if (!Socket.OSSupportsIPv6)
            return false;
        try
        {
            using var probe = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
            probe.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
