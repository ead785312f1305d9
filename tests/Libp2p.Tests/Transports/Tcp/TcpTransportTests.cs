using System.Net;
using System.Net.Sockets;
using Libp2p.Testing;
using Libp2p.Testing.Transports;
using Libp2p.Transports.Tcp;

namespace Libp2p.Tests.Transports.Tcp;

public abstract class TcpTransportTests(bool reusePort) : LinkTransportConformanceTests
{
    protected override Multiaddress ListenAddress => Multiaddress.Parse("/ip4/127.0.0.1/tcp/0");

    protected override ILinkTransport Create(BufferPool pool) => new TcpTransport(pool, new TcpOptions { ReusePort = reusePort });
}

public sealed class TcpTransportWithoutPortReuseTests() : TcpTransportTests(reusePort: false);

public sealed class TcpTransportIp6Tests() : TcpTransportTests(reusePort: true)
{
    protected override Multiaddress ListenAddress => Multiaddress.Parse("/ip6/::1/tcp/0");
}

public sealed class TcpTransportIp4Tests() : TcpTransportTests(reusePort: true)
{
    [Theory]
    [InlineData("/ip4/0.0.0.0/tcp/0", "/ip4/127.0.0.1/tcp/")]
    [InlineData("/ip6/::/tcp/0", "/ip6/::1/tcp/")]
    public async Task A_wildcard_stays_one_and_takes_dials(string wildcard, string reachable)
    {
        await using var listener = await Create(Pool).ListenAsync(Multiaddress.Parse(wildcard), CancellationToken.None);
        Assert.StartsWith(wildcard[..^1], $"{listener.Address}", StringComparison.Ordinal);
        var port = listener.Address.Parts[1].Value;
        await using var link = await Create(Pool).DialAsync(Multiaddress.Parse(reachable + port), CancellationToken.None);
        Assert.Equal(reachable + port, $"{link.RemoteAddress}");
    }

    [Fact]
    public async Task Both_wildcards_share_a_port_number()
    {
        await using var six = await Create(Pool).ListenAsync(Multiaddress.Parse("/ip6/::/tcp/0"), CancellationToken.None);
        await using var four = await Create(Pool).ListenAsync(Multiaddress.Parse($"/ip4/0.0.0.0/tcp/{six.Address.Parts[1].Value}"), CancellationToken.None);
        Assert.Equal(six.Address.Parts[1].Value, four.Address.Parts[1].Value);
    }

    [Theory]
    [InlineData("/ip4/127.0.0.1/tcp/1", true)]
    [InlineData("/ip6/::1/tcp/1", true)]
    [InlineData("/dns4/localhost/tcp/1", false)]
    [InlineData("/ip4/127.0.0.1/tcp/1/ws", false)]
    [InlineData("/ip4/127.0.0.1/udp/1", false)]
    public void Names_are_resolved_before_they_come_here(string address, bool handles) => Assert.Equal(handles, Create(Pool).Handles(Multiaddress.Parse(address)));

    [Fact]
    public async Task A_zone_of_another_machine_is_said()
    {
        var failure = await Assert.ThrowsAsync<Libp2pException>(
            () => Create(Pool).DialAsync(Multiaddress.Parse("/ip6zone/no-such-interface/ip6/fe80::1/tcp/1"), CancellationToken.None).AsTask().WaitAsync(Alive));
        Assert.Equal(Libp2pError.Unreachable, failure.Error);
    }

    [Fact]
    public async Task An_address_of_another_machine_cannot_be_listened_on()
    {
        var failure = await Assert.ThrowsAsync<Libp2pException>(
            () => Create(Pool).ListenAsync(Multiaddress.Parse("/ip4/192.0.2.1/tcp/0"), CancellationToken.None).AsTask());
        Assert.Equal("Cannot listen on /ip4/192.0.2.1/tcp/0: the address is not one of this machine. Choose an address of this machine, or 0.0.0.0 for all of them.", failure.Message);
    }

    [Fact]
    public async Task A_dial_leaves_from_the_port_that_is_listened_on()
    {
        var transport = Create(Pool);
        await using var own = await transport.ListenAsync(ListenAddress, CancellationToken.None);
        await using var first = await Create(Pool).ListenAsync(ListenAddress, CancellationToken.None);
        await using var second = await Create(Pool).ListenAsync(ListenAddress, CancellationToken.None);
        foreach (var target in new[] { first, second })
        {
            await using var link = await transport.DialAsync(target.Address, CancellationToken.None);
            Assert.Equal(own.Address, link.LocalAddress);
        }
    }

    [Fact]
    public async Task A_second_dial_to_the_same_place_takes_another_port()
    {
        var transport = Create(Pool);
        await using var own = await transport.ListenAsync(ListenAddress, CancellationToken.None);
        await using var target = await Create(Pool).ListenAsync(ListenAddress, CancellationToken.None);
        await using var first = await transport.DialAsync(target.Address, CancellationToken.None);
        await using var second = await transport.DialAsync(target.Address, CancellationToken.None);
        Assert.Equal(own.Address, first.LocalAddress);
        Assert.NotEqual(own.Address, second.LocalAddress);
    }

    [Fact]
    public async Task A_listener_still_accepts_while_its_port_dials()
    {
        var transport = Create(Pool);
        await using var own = await transport.ListenAsync(ListenAddress, CancellationToken.None);
        await using var target = await Create(Pool).ListenAsync(ListenAddress, CancellationToken.None);
        await using var outgoing = await transport.DialAsync(target.Address, CancellationToken.None);
        var accepting = own.AcceptAsync(CancellationToken.None).AsTask();
        await using var incoming = await Create(Pool).DialAsync(own.Address, CancellationToken.None);
        await using var accepted = await accepting.WaitAsync(Alive);
        Assert.NotNull(accepted);
        Assert.Equal(incoming.LocalAddress, accepted.RemoteAddress);
    }

    [Fact]
    public async Task A_dial_to_the_own_listener_does_not_meet_itself()
    {
        var transport = Create(Pool);
        await using var own = await transport.ListenAsync(ListenAddress, CancellationToken.None);
        var accepting = own.AcceptAsync(CancellationToken.None).AsTask();
        await using var link = await transport.DialAsync(own.Address, CancellationToken.None);
        await using var accepted = await accepting.WaitAsync(Alive);
        Assert.NotNull(accepted);
        Assert.NotEqual(link.LocalAddress, link.RemoteAddress);
        await link.Output.WriteAsync("x"u8.ToArray());
        Assert.Equal("x"u8.ToArray(), await PipeTransfer.ReadExactlyAsync(accepted.Input, 1));
    }

    [Fact]
    public async Task A_host_that_does_not_answer_times_out()
    {
        // A listener whose backlog is full and who never accepts: the kernel drops what comes further.
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        var address = Multiaddress.FromEndPoint((IPEndPoint)full.LocalEndPoint!, MultiaddressProtocols.Tcp);
        var transport = new TcpTransport(Pool, new TcpOptions { ConnectTimeout = TimeSpan.FromMilliseconds(200) });
        var links = new List<Link>();
        Libp2pException? failure = null;
        for (var i = 0; i < 16 && failure is null; i++)
        {
            try
            {
                links.Add(await transport.DialAsync(address, CancellationToken.None));
            }
            catch (Libp2pException e)
            {
                failure = e;
            }
        }
        foreach (var link in links)
            await link.DisposeAsync();
        Assert.NotNull(failure);
        Assert.Equal(Libp2pError.Timeout, failure.Error);
        Assert.Contains("no answer within 0.2 s", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_write_ends_the_link()
    {
        var (dialer, accepted, listener) = await ConnectAsync();
        await using var d = dialer;
        await using var a = accepted;
        await using var l = listener;
        // Nobody reads: until the link is full a write may be over before it is cancelled.
        Exception? cancelled = null;
        for (var written = 0; cancelled is null; written++)
        {
            Assert.True(written < 1024, "The link takes a gibibyte that nobody reads.");
            using var cancellation = new CancellationTokenSource();
            var flush = dialer.Output.WriteAsync(new byte[1024 * 1024], cancellation.Token).AsTask();
            await cancellation.CancelAsync();
            cancelled = await Record.ExceptionAsync(() => flush.WaitAsync(Alive));
        }
        Assert.IsAssignableFrom<OperationCanceledException>(cancelled);
        var failure = await Assert.ThrowsAsync<Libp2pException>(async () => await dialer.Output.FlushAsync());
        Assert.Contains("cancelled", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_idle_link_holds_no_buffer()
    {
        var (dialer, accepted, listener) = await ConnectAsync();
        await using var d = dialer;
        await using var a = accepted;
        await using var l = listener;
        var waiting = accepted.Input.ReadAsync().AsTask();
        await dialer.Output.WriteAsync(new byte[10]);
        accepted.Input.AdvanceTo((await waiting.WaitAsync(Alive)).Buffer.End);
        waiting = accepted.Input.ReadAsync().AsTask();
        // It may be woken once more with word of what was read before, and look for it with a buffer in hand.
        await PipeTransfer.UntilAsync(() => Pool.RentedBytes == 0);
        accepted.Abort();
        await Assert.ThrowsAsync<Libp2pException>(() => waiting.WaitAsync(Alive));
    }

    [Fact]
    public void Options_are_checked()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new TcpTransport(Pool, new TcpOptions { ConnectTimeout = TimeSpan.Zero }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TcpTransport(Pool, new TcpOptions { Backlog = 0 }));
    }
}
