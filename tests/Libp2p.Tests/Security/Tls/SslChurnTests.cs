using Libp2p.Security.Tls;
using Libp2p.Testing;
using Libp2p.Testing.Transports;
using Libp2p.Tests.Support;
using Libp2p.Transports.Tcp;
using Libp2p.Transports.WebSocket;

namespace Libp2p.Tests.Security.Tls;

/// <summary>
/// Connections that both sides close as soon as they have said what they had to say, one of them while it still reads much. A shutdown
/// of an <c>SslStream</c> beside its reading corrupts the memory of the process, which then ends, or reads what nobody sent: so they have
/// a process of their own. TINCAN_LONG=1 makes it many more.
/// </summary>
public sealed class SslChurnTests
{
    const string Kind = "TINCAN_CHURN";

    /// <summary>How many connections are open at once.</summary>
    const int Parallel = 2;

    /// <summary>What one side sends, in bytes: so much that the other, which is done at once, closes in the middle of it.</summary>
    const int Much = 1024 * 1024;

    const int Little = 32;

    static readonly int _connections = Environment.GetEnvironmentVariable("TINCAN_LONG") == "1" ? 12_000 : 400;

    [Theory]
    [InlineData("/tls/1.0.0")]
    [InlineData("/tls/ws")]
    public Task Connections_that_both_sides_close_at_once_leave_the_process_whole(string kind) =>
        OwnProcess.PassesAsync(typeof(SslChurnTests), nameof(They_leave_nothing), Kind, kind);

    [Fact(Explicit = true)]
    public async Task They_leave_nothing()
    {
        var isWebSocket = Environment.GetEnvironmentVariable(Kind) == "/tls/ws";
        using var pool = new BufferPool();
        var tcp = new TcpTransport(pool);
        ILinkTransport transport = isWebSocket ? new LayeredTransport(tcp, new WebSocketLayer()) : tcp;
        var before = Sockets();
        var listener = await transport.ListenAsync(Multiaddress.Parse(isWebSocket ? "/ip4/127.0.0.1/tcp/0/tls/ws" : "/ip4/127.0.0.1/tcp/0"), default);
        var security = isWebSocket ? null : new TlsProtocol();
        using var identity = Identity.Generate();

        for (var done = 0; done < _connections; done += Parallel)
        {
            // One after the other, so that it is known whose other end is whose; then all together.
            var pairs = new List<(Link Dialer, Link Listener)>();
            for (var i = 0; i < Parallel; i++)
            {
                var accepting = listener.AcceptAsync(default).AsTask();
                pairs.Add((await transport.DialAsync(listener.Address, default), (await accepting.WaitAsync(PipeTransfer.Alive))!));
            }
            await Task.WhenAll(pairs.Select((pair, i) => LiveAsync(pair.Dialer, pair.Listener, security, identity, i % 2 == 0 ? (Much, Little) : (Little, Much)))).WaitAsync(PipeTransfer.Alive);
        }

        await listener.DisposeAsync();
        await PipeTransfer.UntilAsync(() => pool.RentedBytes == 0 && Sockets() == before);
    }

    static async Task LiveAsync(Link dialer, Link listener, TlsProtocol? security, Identity identity, (int FromDialer, int FromListener) sent)
    {
        if (security is null)
        {
            await Task.WhenAll(Task.Run(() => UseAndLeaveAsync(dialer, sent.FromDialer)), Task.Run(() => UseAndLeaveAsync(listener, sent.FromListener)));
            return;
        }
        var listening = security.SecureAsync(listener, new HandshakeContext(identity, Role.Listener, null, []), default).AsTask();
        var dialed = await security.SecureAsync(dialer, new HandshakeContext(identity, Role.Dialer, null, []), default);
        await dialed.Output.FlushAsync();
        var accepted = await listening;
        await Task.WhenAll(
            Task.Run(() => UseAndCloseAsync(dialed, sent.FromDialer, sent.FromListener)), Task.Run(() => UseAndCloseAsync(accepted, sent.FromListener, sent.FromDialer)));
    }

    /// <summary>Sends and ends writing, which is where TLS says goodbye, and reads meanwhile until the other side has ended too.</summary>
    static async Task UseAndCloseAsync(Link link, int sent, int received)
    {
        var reading = Task.Run(() => PipeTransfer.HashToEndAsync(link.Input));
        await link.Output.WriteAsync(new byte[sent]);
        link.Output.Complete();
        Assert.Equal(received, (await reading).Length);
        await link.DisposeAsync();
    }

    /// <summary>Sends and leaves: the TLS under a WebSocket says goodbye only when the link is disposed, whoever still reads.</summary>
    static async Task UseAndLeaveAsync(Link link, int sent)
    {
        var reading = Task.Run(() => PipeTransfer.HashToEndAsync(link.Input));
        await UnlessOverAsync(async () => await link.Output.WriteAsync(new byte[sent]));
        await link.DisposeAsync();
        await UnlessOverAsync(() => reading);
    }

    /// <summary>Whatever else than a link that is no more an act fails with fails the test.</summary>
    static async Task UnlessOverAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (Exception e) when (e is Libp2pException { Error: Libp2pError.ConnectionClosed } or ObjectDisposedException)
        {
            // One of the two sides has left.
        }
    }

    /// <summary>Sockets that the process has open.</summary>
    static int Sockets() => OperatingSystem.IsLinux()
        ? Directory.GetFiles("/proc/self/fd").Count(file => File.ResolveLinkTarget(file, returnFinalTarget: false)?.Name.StartsWith("socket:", StringComparison.Ordinal) == true)
        : 0;
}
