using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Libp2p;
using Libp2p.Protocols.Ping;
using Libp2p.Security.PrivateNetwork;
using Libp2p.Swarm;
using Tincan.Commands;

namespace Tincan.Diagnosis;

/// <summary>The chat that is judged.</summary>
/// <param name="Folder">Its data.</param>
/// <param name="Reach">Where it is reached.</param>
/// <param name="Legacy">Whether it speaks what peers of 2020 need.</param>
/// <param name="Name">A name to look up.</param>
internal sealed record SelfCheckSettings(DataFolder Folder, ListenSettings Reach, bool Legacy, string Name);

/// <summary>What a node can and cannot do on this machine, each part tried by itself.</summary>
internal sealed class SelfCheck(Findings findings, LineLog? log)
{
    /// <summary>When this was written: a clock that is before it is wrong.</summary>
    private static readonly DateTimeOffset Written = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly TimeSpan DialPatience = TimeSpan.FromSeconds(10);

    /// <summary>Fewer files than this leave a chat few connections.</summary>
    private const int FewFiles = 256;

    private PrivateNetworkKey? _network;

    public async Task RunAsync(SelfCheckSettings settings, CancellationToken cancellationToken)
    {
        await ClockAsync();
        await FolderAsync(settings.Folder);
        await KeyAsync(settings.Folder, cancellationToken);
        await NetworkAsync(settings.Reach.SwarmKey, cancellationToken);
        await LimitsAsync();
        await CryptographyAsync();
        await findings.AddAsync(settings.Legacy
            ? new Finding("protocols", Verdict.Absent, "with --legacy SECIO and mplex are offered too, which are weak") { Next = "leave it out where no peer of 2020 needs them" }
            : new Finding("protocols", Verdict.Works, "nothing weak is offered: SECIO and mplex only with --legacy, plaintext never"));
        foreach (var test in SelfTest.All(_network))
            await TryAsync("self-test", test.RunAsync, "report it, with the output of -vv", cancellationToken);
        await AddressesAsync(AddressFamily.InterNetwork, "IPv4");
        await AddressesAsync(AddressFamily.InterNetworkV6, "IPv6");
        foreach (var address in settings.Reach.Listen)
            await TryAsync("listen", cancellation => ListenAsync(address, cancellation), "choose another address; port 0 takes a free one", cancellationToken);
        await new ReachCheck(findings, log, _network).RunAsync(settings.Reach, cancellationToken);
        await NameAsync(settings.Name, cancellationToken);
    }

    private async ValueTask TryAsync(string step, Func<CancellationToken, Task<Finding>> action, string next, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(DialPatience);
        var began = TimeProvider.System.GetTimestamp();
        try
        {
            var finding = await action(patience.Token);
            await findings.AddAsync(finding with { Time = TimeProvider.System.GetElapsedTime(began) });
        }
        catch (Exception e) when (e is Libp2pException or InvalidOperationException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            var cause = e is OperationCanceledException ? $"not done within {DialPatience.TotalSeconds:0} s" : FailureLine.Of(e).What;
            await findings.AddAsync(new Finding(step, Verdict.Broken, cause) { Next = next });
        }
    }

    private async ValueTask ClockAsync()
    {
        var now = TimeProvider.System.GetUtcNow();
        var text = now.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        await findings.AddAsync(now > Written
            ? new Finding("clock", Verdict.Works, $"{text} UTC")
            : new Finding("clock", Verdict.Broken, $"{text} UTC is in the past") { Next = "set the clock: certificates and peer records are judged by it" });
    }

    private async ValueTask FolderAsync(DataFolder folder)
    {
        if (!Directory.Exists(folder.Path))
        {
            await findings.AddAsync(new Finding("folder", Verdict.Absent, $"{folder.Path} is not there yet") { Next = "the first `tincan chat` makes it" });
            return;
        }
        try
        {
            using (folder.Lock("tincan doctor"))
                await findings.AddAsync(new Finding("folder", Verdict.Works, $"{folder.Path} can be written, {ByteSize.Format(FreeSpace(folder.Path))} free"));
        }
        catch (CommandException e)
        {
            // In use by a chat is as it should be; that it cannot be written is not.
            var isInUse = e.What.Contains("is in use by", StringComparison.Ordinal);
            await findings.AddAsync(new Finding("folder", isInUse ? Verdict.Works : Verdict.Broken, e.What) { Next = isInUse ? null : e.NextStep });
        }
    }

    private static double FreeSpace(string path)
    {
        try
        {
            return new DriveInfo(path).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return 0;
        }
    }

    private async ValueTask KeyAsync(DataFolder folder, CancellationToken cancellationToken)
    {
        if (!File.Exists(folder.KeyPath))
        {
            await findings.AddAsync(new Finding("key", Verdict.Absent, "there is none yet") { Next = "the first `tincan chat` makes one, and so does `tincan key new`" });
            return;
        }
        try
        {
            using var identity = await KeyFile.LoadAsync(folder.KeyPath, cancellationToken);
            var mode = OperatingSystem.IsWindows() ? "" : $", mode {Convert.ToString((int)File.GetUnixFileMode(folder.KeyPath), 8)}";
            await findings.AddAsync(new Finding("key", Verdict.Works, $"{identity.PeerId} ({identity.PublicKey.Type.ToString().ToLowerInvariant()}{mode})"));
        }
        catch (Exception e) when (e is KeyFileException or IOException or UnauthorizedAccessException)
        {
            var line = FailureLine.Of(e);
            await findings.AddAsync(new Finding("key", Verdict.Broken, line.What) { Next = line.NextStep });
        }
    }

    private async ValueTask NetworkAsync(string? path, CancellationToken cancellationToken)
    {
        try
        {
            _network = await NodeSetup.LoadSwarmKeyAsync(path, cancellationToken);
            await findings.AddAsync(_network is null
                ? new Finding("network", Verdict.Works, "open to everybody: no --swarm-key, and the environment demands none")
                : new Finding("network", Verdict.Works, $"private, by the key in {path}; over TCP alone, and nobody else is met"));
        }
        catch (Exception e) when (e is KeyFileException or CommandException)
        {
            var line = FailureLine.Of(e);
            await findings.AddAsync(new Finding("network", Verdict.Broken, line.What) { Next = line.NextStep });
            // What follows is judged with a key of its own, since without one nothing may start.
            _network = PrivateNetworkKey.Generate();
        }
    }

    private async ValueTask LimitsAsync()
    {
        var connections = new SwarmLimits().MaxConnections;
        await findings.AddAsync(connections >= FewFiles / 2
            ? new Finding("limits", Verdict.Works, $"up to {connections} connections, by this machine's memory and the files that a process may have open")
            : new Finding("limits", Verdict.Broken, $"no more than {connections} connections: a process may have few files open here") { Next = "raise the limit: `ulimit -n 4096`" });
    }

    private async ValueTask CryptographyAsync() => await findings.AddAsync(NativeCryptography.IsUsed
        ? new Finding("crypto", Verdict.Works, $"OpenSSL 3 ({RuntimeInformation.ProcessArchitecture})")
        : new Finding("crypto", Verdict.Absent, NativeCryptography.IsSwitchedOff ? "OpenSSL is switched off: the managed implementation is used" : "no OpenSSL 3 here: the managed implementation is used")
        {
            Next = "it works the same and takes longer; install libcrypto 3 for speed",
        });

    private async ValueTask AddressesAsync(AddressFamily family, string name)
    {
        try
        {
            var addresses = NetworkInterface.GetAllNetworkInterfaces()
                .Where(i => i.OperationalStatus == OperationalStatus.Up)
                .SelectMany(i => i.GetIPProperties().UnicastAddresses).Select(a => a.Address)
                .Where(a => a.AddressFamily == family && !a.IsIPv6LinkLocal && !IPAddress.IsLoopback(a)).ToList();
            await findings.AddAsync(addresses.Count > 0
                ? new Finding(name, Verdict.Works, string.Join(", ", addresses))
                : new Finding(name, Verdict.Absent, "this machine has no address of it but its own") { Next = "peers elsewhere cannot be reached by it" });
        }
        catch (NetworkInformationException e)
        {
            await findings.AddAsync(new Finding(name, Verdict.Absent, $"the interfaces cannot be read: {e.Message}"));
        }
    }

    private async Task<Finding> ListenAsync(Multiaddress address, CancellationToken cancellationToken)
    {
        await using var listener = await NodeSetup.Create(Identity.Generate(), log, _network).AddPing().Listen(address).StartAsync(cancellationToken);
        await using var dialer = await ToolNode.StartAsync(b => b.AddPing(), log, _network, cancellationToken);
        await dialer.PingAsync(listener.Addresses[0], cancellationToken);
        return new Finding("listen", Verdict.Works, $"{listener.ListenAddresses[0]} takes connections from this machine, told to others as {string.Join(", ", listener.Addresses.Select(a => a.WithoutPeerId()))}");
    }

    private async ValueTask NameAsync(string name, CancellationToken cancellationToken)
    {
        await using var node = await ToolNode.StartAsync(_ => { }, log, _network, cancellationToken);
        var began = node.TimeProvider.GetTimestamp();
        try
        {
            var address = Multiaddress.FromParts(MultiaddressPart.Create(MultiaddressProtocols.Dns, name), MultiaddressPart.Create(MultiaddressProtocols.Tcp, "1"));
            var found = await node.Resolver.ResolveAsync(address, cancellationToken);
            await findings.AddAsync(new Finding("names", Verdict.Works, $"{name} is {string.Join(", ", found.Select(f => f.Address.Parts[0].Value))}") { Time = node.TimeProvider.GetElapsedTime(began) });
        }
        catch (Exception e) when (e is Libp2pException or ArgumentException)
        {
            await findings.AddAsync(new Finding("names", Verdict.Absent, e.Message) { Next = "without a name server only addresses with numbers can be dialled" });
        }
    }
}
