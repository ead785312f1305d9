using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Libp2p.Interop.Tests.Names;

/// <summary>A real dnsmasq on the loopback interface, with the records of a test and no server behind it.</summary>
internal sealed class Dnsmasq : IAsyncDisposable
{
    private const string Missing = "dnsmasq is missing: apt-get install dnsmasq-base";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Process _process;

    private Dnsmasq(Process process, IPEndPoint endPoint)
    {
        _process = process;
        EndPoint = endPoint;
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Skips the test where there is none.</summary>
    public static void SkipWhereMissing() => Assert.SkipUnless(Find() is not null, Missing);

    /// <summary>Starts it, and waits until it answers.</summary>
    /// <param name="records">Its options, such as <c>--host-record=…</c>.</param>
    public static async Task<Dnsmasq> StartAsync(params string[] records)
    {
        for (var attempt = 0; ; attempt++)
        {
            var server = Start(records, FreePort());
            if (await server.AnswersAsync())
                return server;
            await server.DisposeAsync();
            Assert.True(attempt < 5, "dnsmasq does not start.");
        }
    }

    /// <summary>The option that publishes what a domain links to.</summary>
    public static string Links(string domain, string address) => $"--txt-record=_dnsaddr.{domain},dnsaddr={address}";

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static Dnsmasq Start(string[] records, int port)
    {
        string[] arguments =
        [
            "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--no-ping", "--user=", "--group=", "--pid-file", "--log-facility=-",
            "--listen-address=127.0.0.1", "--bind-interfaces", $"--port={port}", "--local=/example/", "--local=/test/", "--local-ttl=30", .. records,
        ];
        var start = new ProcessStartInfo(Find()!, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.OutputDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return new Dnsmasq(process, new IPEndPoint(IPAddress.Loopback, port));
    }

    /// <summary>Waits until it takes connections; false where it ended, since its port was taken meanwhile.</summary>
    private async Task<bool> AnswersAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!_process.HasExited)
        {
            try
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(EndPoint, patience.Token);
                return true;
            }
            catch (SocketException)
            {
                await Task.Yield();
            }
        }
        return false;
    }

    /// <summary>A port that neither protocol uses at this moment; whether it still is free, dnsmasq finds out.</summary>
    private static int FreePort()
    {
        while (true)
        {
            using var stream = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            using var datagrams = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            stream.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            try
            {
                datagrams.Bind(stream.LocalEndPoint!);
                return ((IPEndPoint)stream.LocalEndPoint!).Port;
            }
            catch (SocketException)
            {
                // The number is taken by the other protocol: another.
            }
        }
    }

    private static string? Find() => new[] { "/usr/sbin/dnsmasq", "/usr/local/sbin/dnsmasq", "/sbin/dnsmasq" }.FirstOrDefault(File.Exists);
}
