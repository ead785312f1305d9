using System.CommandLine;
using System.Net;
using Libp2p;
using Libp2p.Gating;

namespace Tincan.Commands;

/// <summary>The options of a command that listens: where, with what certificate, behind which proxies, and what others are told of it.</summary>
internal sealed class ListenOptions
{
    private readonly Option<string[]> _listen = Several("--listen", "Listen on this address (again for more). Default: /ip4/0.0.0.0/tcp/0 and /ip6/::/tcp/0", "address");
    private readonly Option<string[]> _announce = Several("--announce", "Tell others this address in place of those listened on (again for more)", "address");
    private readonly Option<string[]> _appendAnnounce = Several("--append-announce", "Tell others this address beside them (again for more)", "address");
    private readonly Option<string[]> _trustProxy = Several("--trust-proxy", "Believe the X-Forwarded-For of the proxy at this IP address or subnet (again for more)", "whom");
    private readonly Option<string> _swarmKey = CommonOptions.SwarmKey();

    private readonly Option<string> _certificate = new("--certificate")
    {
        Description = "Show this certificate where /tls/ws is listened on: a PEM file, read again when it changes. Default: a self-signed one",
        HelpName = "file",
    };

    private readonly Option<string> _certificateKey = new("--certificate-key")
    {
        Description = "The key of that certificate: a PEM file, where it is not in the same one",
        HelpName = "file",
    };

    /// <summary>All of them, as help lists them.</summary>
    public IEnumerable<Option> All => [_listen, _announce, _appendAnnounce, _certificate, _certificateKey, _trustProxy, _swarmKey];

    /// <summary>Reads what the command line says.</summary>
    /// <exception cref="CommandException">A value makes no sense, or two of them together.</exception>
    public ListenSettings Read(ParseResult result)
    {
        var settings = new ListenSettings
        {
            Listen = NodeSetup.ListenAddresses(NodeSetup.ParseAddresses(result.GetValue(_listen))),
            Announce = [.. (result.GetValue(_announce) ?? []).Select(text => AnnouncedAddress.Parse(_announce.Name, text))],
            AppendAnnounce = [.. (result.GetValue(_appendAnnounce) ?? []).Select(text => AnnouncedAddress.Parse(_appendAnnounce.Name, text))],
            Certificate = result.GetValue(_certificate),
            CertificateKey = result.GetValue(_certificateKey),
            TrustedProxies = [.. (result.GetValue(_trustProxy) ?? []).Select(ParseProxy)],
            SwarmKey = result.GetValue(_swarmKey),
        };
        settings.Check();
        return settings;
    }

    private static Option<string[]> Several(string name, string description, string help) =>
        new(name) { Description = description, HelpName = help, Arity = ArgumentArity.OneOrMore };

    private IPNetwork ParseProxy(string text)
    {
        const string Next = "give an IP address, or a subnet such as 192.0.2.0/24";
        var what = $"{_trustProxy.Name} {PrintableText.Escape(text)}";
        // A gater reads peers, names and all, too; without a dot or a colon it is one of those.
        string? error = null;
        if (text.StartsWith('/') || !text.AsSpan().ContainsAny('.', ':') || !GateTarget.TryParse(text, out var target, out error))
            throw new CommandException($"{what}: {error ?? "that is no IP address"}", Next, ExitCodes.Usage);
        var network = IPNetwork.Parse(target.ToString());
        return network.PrefixLength > 0
            ? network
            : throw new CommandException($"{what} is everybody, and whoever is trusted can claim any address", "give the proxy's own address, or its subnet", ExitCodes.Usage);
    }
}
