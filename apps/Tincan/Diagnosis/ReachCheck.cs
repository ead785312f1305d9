using System.Globalization;
using Libp2p;
using Libp2p.Security.PrivateNetwork;
using Tincan.Commands;

namespace Tincan.Diagnosis;

/// <summary>Judges how a node is reached from elsewhere: its certificate, the addresses that it has told, the proxies that it believes.</summary>
internal sealed class ReachCheck(Findings findings, LineLog? log, PrivateNetworkKey? network)
{
    /// <summary>Who renews by himself has done so by then: authorities' programs begin a month before the end.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromDays(14);

    public async Task RunAsync(ListenSettings settings, CancellationToken cancellationToken)
    {
        if (settings.IsSecure)
            await findings.AddAsync(CertificateOf(settings, TimeProvider.System.GetUtcNow()));
        foreach (var address in settings.Announced)
            await findings.AddAsync(await AnnouncedAsync(address, cancellationToken));
        if (settings.TrustedProxies.Count > 0)
            await findings.AddAsync(new Finding("proxy", Verdict.Works, $"the last address in X-Forwarded-For counts, where it comes from {string.Join(", ", settings.TrustedProxies)}"));
    }

    private static Finding CertificateOf(ListenSettings settings, DateTimeOffset now)
    {
        if (settings.Certificate is not { } path)
        {
            return new Finding("certificate", Verdict.Absent, "a self-signed one is made, which browsers do not take, and peers only at this machine's address or a private one")
            {
                Next = "give one of an authority with --certificate",
            };
        }
        try
        {
            using var certificate = CertificateFile.Load(path, settings.CertificateKey);
            var what = string.Create(
                CultureInfo.InvariantCulture, $"{path} is for {Names(certificate)}, until {certificate.Until:yyyy-MM-dd}, by {(certificate.IsSelfSigned ? "nobody but its owner" : certificate.Issuer)}");
            if (certificate.FaultAt(now) is { } fault)
                return new Finding("certificate", Verdict.Broken, $"{path} {fault}") { Next = "renew it: the new one is taken without a restart" };
            if (settings.Announced.Where(ListenSettings.ShowsCertificate).FirstOrDefault(a => !certificate.IsFor(ServerOf(a))) is { } other)
                return new Finding("certificate", Verdict.Broken, $"{what}; not for {ServerOf(other)}, which is announced") { Next = "have one made for all names that are announced" };
            return new Finding("certificate", certificate.IsSelfSigned ? Verdict.Absent : Verdict.Works, what)
            {
                Next = certificate.Until - now < Late ? "renew it" : certificate.IsSelfSigned ? "browsers want one of an authority" : null,
            };
        }
        catch (CommandException e)
        {
            return new Finding("certificate", Verdict.Broken, e.What) { Next = e.NextStep };
        }
    }

    private static string Names(CertificateFile certificate) => certificate.Names.Count > 0 ? string.Join(", ", certificate.Names) : "no name";

    /// <summary>What the certificate must be for, for those who dial an address.</summary>
    private static string ServerOf(Multiaddress address) =>
        address.Parts.Where(p => p.Protocol == MultiaddressProtocols.Sni).Append(address.Parts[0]).First().Value;

    private async Task<Finding> AnnouncedAsync(Multiaddress address, CancellationToken cancellationToken)
    {
        if (!AddressResolver.NeedsResolving(address))
            return Judge(address, $"{address} is told to others", [address]);
        await using var node = await ToolNode.StartAsync(_ => { }, log, network, cancellationToken);
        try
        {
            var found = (await node.Resolver.ResolveAsync(address, cancellationToken)).Select(r => r.Address).ToList();
            return Judge(address, $"{address} is told to others, and leads to {string.Join(", ", found.Select(a => a.WithoutPeerId()))}", found);
        }
        catch (Libp2pException e)
        {
            return new Finding("announce", Verdict.Broken, $"{address} is told to others, and nobody finds it: {e.Message}") { Next = "make the name known, or check how it is spelled" };
        }
    }

    // That nobody answers there cannot be seen from here: many a router lets nobody in who comes from inside.
    private static Finding Judge(Multiaddress announced, string what, IReadOnlyList<Multiaddress> reached)
    {
        var widest = reached.Where(a => a.Scope != AddressScope.Reserved).Select(a => (AddressScope?)a.Scope).Max();
        return widest switch
        {
            null => new Finding("announce", Verdict.Broken, $"{what}, where no peer can be") { Next = "announce an address of this node" },
            AddressScope.Loopback => new Finding("announce", Verdict.Absent, what) { Next = "only this machine reaches it" },
            AddressScope.LinkLocal or AddressScope.Private => new Finding("announce", Verdict.Absent, what)
            {
                Next = AddressResolver.NeedsResolving(announced) ? "only its own network reaches it, and peers of ours follow no name into a private network" : "only its own network reaches it",
            },
            _ => new Finding("announce", Verdict.Works, what),
        };
    }
}
