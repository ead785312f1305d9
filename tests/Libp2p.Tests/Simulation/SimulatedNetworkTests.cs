using Libp2p.Muxers.Yamux;
using Libp2p.Testing;
using Libp2p.Testing.Muxers;
using Libp2p.Testing.Simulation;
using Libp2p.Tests.Support;
using Libp2p.Transports.Memory;

namespace Libp2p.Tests.Simulation;

[Collection(AloneCollection.Name)]
public sealed class SimulatedNetworkTests
{
    static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    readonly SimulatedNetwork _network = new() { Conditions = new LinkConditions { Latency = TimeSpan.FromMilliseconds(50) } };
    readonly BufferPool _pool = new();

    [Fact]
    public async Task A_question_and_its_answer_take_two_round_trips_with_the_connect()
    {
        var (dialer, listener) = await ConnectAsync();
        Assert.InRange(_network.Time.Elapsed, TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(150));
        await dialer.Output.WriteAsync("ping"u8.ToArray());
        var echo = EchoAsync(listener, 4);
        await _network.RunUntilAsync(PipeTransfer.ReadExactlyAsync(dialer.Input, 4), Minute);
        await echo;
        Assert.InRange(_network.Time.Elapsed, TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(400));
    }

    [Fact]
    public async Task Bandwidth_bounds_what_passes()
    {
        _network.Conditions = new LinkConditions { BytesPerSecond = 100_000 };
        var (dialer, listener) = await ConnectAsync();
        var began = _network.Time.Elapsed;
        var sending = PipeTransfer.SendAsync(dialer.Output, new byte[1_000_000], complete: true);
        var reading = PipeTransfer.HashToEndAsync(listener.Input);
        await _network.RunUntilAsync(reading, Minute, TimeSpan.FromMilliseconds(10));
        await sending;
        Assert.Equal(1_000_000, (await reading).Length);
        Assert.True(_network.Time.Elapsed - began >= TimeSpan.FromSeconds(9.9), $"It took {_network.Time.Elapsed - began}.");
    }

    [Fact]
    public async Task Jitter_and_loss_delay_and_change_nothing()
    {
        _network.Conditions = new LinkConditions { Jitter = TimeSpan.FromMilliseconds(30), Loss = 0.2 };
        var (dialer, listener) = await ConnectAsync();
        var bytes = TestRandom.Bytes(500_000);
        var sending = PipeTransfer.SendAsync(dialer.Output, bytes, complete: true);
        var reading = PipeTransfer.HashToEndAsync(listener.Input);
        await _network.RunUntilAsync(reading, Minute, TimeSpan.FromMilliseconds(5));
        await sending;
        Assert.Equal(System.Security.Cryptography.SHA256.HashData(bytes), (await reading).Hash);
    }

    [Fact]
    public async Task A_partition_silences_and_healing_lets_go_on()
    {
        var (dialer, listener) = await ConnectAsync();
        _network.Partition(["b"]);
        await dialer.Output.WriteAsync("held"u8.ToArray());
        var reading = PipeTransfer.ReadExactlyAsync(listener.Input, 4);
        await _network.RunAsync(TimeSpan.FromSeconds(2), TimeSpan.FromMilliseconds(50));
        Assert.False(reading.IsCompleted);
        _network.Heal();
        await _network.RunUntilAsync(reading, Minute);
    }

    [Fact]
    public async Task A_killed_link_is_reset_on_both_sides()
    {
        var (dialer, listener) = await ConnectAsync();
        var (near, far) = (dialer.Input.ReadAsync().AsTask(), listener.Input.ReadAsync().AsTask());
        _network.Kill("b", "a");
        await Assert.ThrowsAsync<Libp2pException>(() => near.WaitAsync(PipeTransfer.Alive));
        await Assert.ThrowsAsync<Libp2pException>(() => far.WaitAsync(PipeTransfer.Alive));
    }

    [Fact]
    public async Task A_partition_of_40_seconds_ends_a_yamux_session()
    {
        var (dialer, listener) = await ConnectAsync();
        var muxer = new YamuxMuxer(time: _network.Time);
        await using var near = muxer.Attach(MuxerPair.Secure(dialer), Role.Dialer);
        await using var far = muxer.Attach(MuxerPair.Secure(listener), Role.Listener);
        var opening = MuxerPair.OpenAsync(near, far);
        await _network.RunUntilAsync(opening, Minute);
        _network.Partition(["b"]);
        await _network.RunUntilAsync(Task.WhenAll(near.Closed, far.Closed), TimeSpan.FromSeconds(41), TimeSpan.FromMilliseconds(100));
        Assert.Equal(CloseCode.Timeout, (await near.Closed).Code);
    }

    [Fact]
    public async Task Round_trips_are_counted_by_cause_and_effect()
    {
        var meter = new RoundTripMeter();
        var transport = meter.Wrap(new MemoryTransport(_pool, new MemoryNetwork()));
        await using var source = await transport.ListenAsync(Multiaddress.Parse("/memory/0"), CancellationToken.None);
        await using var dialer = await transport.DialAsync(source.Address, CancellationToken.None);
        await using var listener = await source.AcceptAsync(CancellationToken.None);
        Assert.Equal(1, meter.Dialed[0].RoundTrips);
        for (var i = 2; i < 10; i++)
        {
            await dialer.Output.WriteAsync(new byte[10]);
            await dialer.Output.WriteAsync(new byte[10]);
            await EchoAsync(listener!, 20);
            await PipeTransfer.ReadExactlyAsync(dialer.Input, 20);
            Assert.Equal(i, meter.Dialed[0].RoundTrips);
        }
        Assert.Equal(16, meter.Dialed[0].Flushes);
        Assert.Equal(160, meter.Dialed[0].FlushedBytes);
    }

    async Task<(Link Dialer, Link Listener)> ConnectAsync()
    {
        var source = await _network.CreateTransport("b", _pool).ListenAsync(Multiaddress.Parse("/memory/0"), CancellationToken.None);
        var dialing = _network.CreateTransport("a", _pool).DialAsync(source.Address, CancellationToken.None).AsTask();
        await _network.RunUntilAsync(dialing, Minute);
        return (await dialing, (await source.AcceptAsync(CancellationToken.None))!);
    }

    static async Task EchoAsync(Link link, int length) => await link.Output.WriteAsync(await PipeTransfer.ReadExactlyAsync(link.Input, length));
}
