using Libp2p.Interop.Tests.Nodes;
using Libp2p.Interop.Tests.Peers;
using Libp2p.Tests.Transports.WebSocket;

namespace Libp2p.Interop.Tests.Matrix;

/// <summary>Everybody meets everybody by everything that both have, and <c>docs/interop.md</c> says so.</summary>
public sealed class InteropTableTests
{
    const string Update = "TINCAN_UPDATE";

    /// <summary>Diallers at work side by side: on two cores more would only wait for each other.</summary>
    const int SideBySide = 2;

    [Fact]
    public async Task The_document_says_what_is_found()
    {
        var table = new InteropTable();
        using var certificates = new TestCertificates();
        certificates.Write("localhost", "127.0.0.1");
        var listeners = new Dictionary<(Kind, string Transport), Participant>();
        try
        {
            foreach (var (kind, transports) in Kind.All.SelectMany(kind => kind.Listeners.Select(transports => (kind, transports))))
            {
                var listener = await Participant.ListenAsync(kind, certificates, transports);
                foreach (var transport in transports)
                    listeners[(kind, transport)] = listener;
            }
            var runs =
                from dialer in Kind.All
                from security in dialer.Securities
                from muxer in dialer.Muxers
                select (dialer, security, muxer);
            await Parallel.ForEachAsync(
                runs, new ParallelOptions { MaxDegreeOfParallelism = SideBySide }, async (run, _) => await RunAsync(table, certificates, listeners, run.dialer, run.security, run.muxer));
        }
        finally
        {
            foreach (var listener in listeners.Values.Distinct())
                await listener.DisposeAsync();
        }
        Assert.True(table.Failures.Count == 0, string.Join("\n\n", table.Failures));
        var path = Path.Combine(InteropFolder.RepositoryRoot, "docs", "interop.md");
        if (Environment.GetEnvironmentVariable(Update) == "1")
            await File.WriteAllTextAsync(path, table.ToString());
        Assert.Equal(await File.ReadAllTextAsync(path), table.ToString());
    }

    /// <summary>One dialler that offers one security protocol and one muxer meets every listener by every transport.</summary>
    static async Task RunAsync(InteropTable table, TestCertificates certificates, Dictionary<(Kind, string), Participant> listeners, Kind kind, string security, string muxer)
    {
        var cells =
            from combination in Combination.All
            where combination.Security == security && combination.Muxer == muxer
            from listener in Kind.All
            where combination.Obstacle(kind, listener) is null
            // Our plaintext must know whom it dials.
            group (combination, listener) by kind == Kind.Ours && security == "plaintext" && listener == Kind.Js2020;
        foreach (var group in cells)
        {
            await using var dialer = await Participant.DialerAsync(kind, certificates, security, muxer, in2020: group.Key);
            foreach (var (combination, listener) in group)
                table.Add(combination, kind, listener, await Cell.RunAsync(dialer, listeners[(listener, combination.Transport)], combination));
        }
    }
}
