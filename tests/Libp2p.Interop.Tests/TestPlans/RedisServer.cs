using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Libp2p.TransportInterop;

namespace Libp2p.Interop.Tests.TestPlans;

/// <summary>A real Redis on a free port of the loopback interface, which keeps nothing.</summary>
public sealed class RedisServer : IAsyncLifetime
{
    private const string Missing = "redis-server is missing: apt-get install redis-server";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private Process? _process;

    /// <summary>Where it listens, as <c>host:port</c>.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Skips the test where there is none.</summary>
    public static void SkipWhereMissing() => Assert.SkipUnless(Find() is not null, Missing);

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (Find() is not { } program)
            return;
        for (var attempt = 0; _process is null; attempt++)
        {
            Assert.True(attempt < 5, "redis-server does not start.");
            var port = FreePort();
            var process = Start(program, port);
            if (await AnswersAsync(process, port))
                (_process, Address) = (process, $"127.0.0.1:{port}");
            else
                await EndAsync(process);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await EndAsync(_process);
    }

    /// <summary>A client of its own, for what a test looks at.</summary>
    internal async Task<RedisClient> ConnectAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        var address = IPEndPoint.Parse(Address);
        return await RedisClient.ConnectAsync("127.0.0.1", address.Port, TimeProvider.System, patience.Token);
    }

    private static Process Start(string program, int port)
    {
        string[] arguments = ["--bind", "127.0.0.1", "--port", $"{port}", "--save", "", "--appendonly", "no", "--daemonize", "no", "--dir", Path.GetTempPath()];
        var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>Waits until it answers; false where it ended, since its port was taken meanwhile.</summary>
    private static async Task<bool> AnswersAsync(Process process, int port)
    {
        using var patience = new CancellationTokenSource(Patience);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token);
        var ended = process.WaitForExitAsync(either.Token);
        var connecting = ConnectAsync(port, either.Token);
        var first = await Task.WhenAny(ended, connecting);
        await either.CancelAsync();
        if (first == ended)
            return false;
        await connecting;
        return !process.HasExited;
    }

    private static async Task ConnectAsync(int port, CancellationToken cancellationToken)
    {
        using var client = await RedisClient.ConnectAsync("127.0.0.1", port, TimeProvider.System, cancellationToken);
        await client.GetAsync("anything", cancellationToken);
    }

    private static async Task EndAsync(Process process)
    {
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    /// <summary>A port that nobody uses at this moment; whether it still is free, Redis finds out.</summary>
    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static string? Find() =>
        new[] { "/usr/bin/redis-server", "/usr/local/bin/redis-server", "/usr/sbin/redis-server" }.FirstOrDefault(File.Exists);
}
