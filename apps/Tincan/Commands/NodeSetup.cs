using System.Net;
using System.Net.Sockets;
using Libp2p;
using Libp2p.Gating;
using Libp2p.Security.Tls;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Tincan.Commands;

/// <summary>The node of this program: what every command's has in common.</summary>
internal static class NodeSetup
{
    /// <summary>How long a node that stops waits for its handlers: half of what a goodbye may take.</summary>
    private static readonly TimeSpan StopTimeout = StopSignals.Patience / 2;

    /// <summary>Begins a node over TCP and WebSocket, with Noise, TLS where the platform has it, and Yamux.</summary>
    public static NodeBuilder Create(Identity identity, ILoggerFactory? log = null)
    {
        var builder = Libp2pNode.CreateBuilder()
            .UseIdentity(identity)
            .UseLogging(log ?? NullLoggerFactory.Instance)
            .UseTcp()
            .UseWebSocket()
            .UseNoise()
            .UseYamux()
            .Configure(o => o.StopTimeout = StopTimeout);
        return TlsProtocol.IsSupported ? builder.UseTls() : builder;
    }

    /// <summary>Offers also what is off by default but all that a peer of 2020 may have: SECIO and mplex, after what is better.</summary>
    public static NodeBuilder UseLegacy(this NodeBuilder builder) => builder.UseLegacySecio().UseMplex();

    /// <summary>Adds addresses to listen on: every address of this machine where none is named.</summary>
    public static NodeBuilder ListenOn(this NodeBuilder builder, IReadOnlyList<Multiaddress> addresses) =>
        ListenAddresses(addresses).Aggregate(builder, (b, address) => b.Listen(address));

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
