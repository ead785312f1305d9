using System.Buffers;
using Libp2p.Protocols.Ping;
using Libp2p.Testing;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Protocols.Ping;

public class PingServiceTests
{
    [Fact]
    public async Task Pings_both_ways()
    {
        await using var nodes = new TestNodes();
        var (dialer, listener) = (await nodes.StartAsync(new PingService()), await nodes.StartAsync(new PingService()));
        await dialer.DialAsync(listener);

        Assert.True(await dialer.Get<PingService>().PingAsync(listener.Identity.PeerId, TestNodes.Patience) > TimeSpan.Zero);
        Assert.True(await listener.Get<PingService>().PingAsync(dialer.Identity.PeerId, TestNodes.Patience) > TimeSpan.Zero);
    }

    [Fact]
    public async Task A_hundred_pings_go_over_one_stream()
    {
        await using var nodes = new TestNodes();
        var (dialer, listener) = (await nodes.StartAsync(new PingService()), await nodes.StartAsync());
        var (streams, payloads) = (0, new List<byte[]>());
        listener.Handle(PingService.Protocol, async (stream, cancellationToken) =>
        {
            Interlocked.Increment(ref streams);
            while (true)
            {
                var read = await stream.Input.ReadAtLeastAsync(32, cancellationToken);
                if (read.Buffer.Length < 32)
                    return;
                payloads.Add(read.Buffer.ToArray());
                stream.Input.AdvanceTo(read.Buffer.End);
                await stream.Output.WriteAsync(payloads[^1], cancellationToken);
            }
        });
        await dialer.DialAsync(listener);

        var numbers = new List<int>();
        await foreach (var ping in dialer.Get<PingService>().PingsAsync(listener.Identity.PeerId, TimeSpan.Zero, TestNodes.Patience))
        {
            numbers.Add(ping.Number);
            Assert.True(ping.RoundTripTime > TimeSpan.Zero);
            if (ping.Number == 100)
                break;
        }

        Assert.Equal(Enumerable.Range(1, 100), numbers);
        Assert.Equal(1, streams);
        Assert.All(payloads, payload => Assert.Equal(32, payload.Length));
        Assert.Equal(100, payloads.Select(Convert.ToHexString).Distinct().Count());
    }

    [Fact]
    public async Task Pings_that_come_in_pieces_and_in_bursts_are_echoed_whole()
    {
        await using var nodes = new TestNodes();
        var (dialer, listener) = (await nodes.StartAsync(), await nodes.StartAsync(new PingService()));
        await dialer.DialAsync(listener);
        await using var stream = await dialer.OpenStreamAsync(listener.Identity.PeerId, PingService.Protocol, TestNodes.Patience);
        var sent = TestRandom.Create().Bytes(32 * 300);

        await stream.Output.WriteAsync(sent.AsMemory(0, 5), TestNodes.Patience);
        await stream.Output.WriteAsync(sent.AsMemory(5), TestNodes.Patience);
        var read = await stream.Input.ReadAtLeastAsync(sent.Length, TestNodes.Patience);

        Assert.Equal(sent, read.Buffer.ToArray());
    }

    [Fact]
    public async Task Part_of_a_ping_before_the_end_is_not_echoed()
    {
        await using var nodes = new TestNodes();
        var (dialer, listener) = (await nodes.StartAsync(), await nodes.StartAsync(new PingService()));
        await dialer.DialAsync(listener);
        await using var stream = await dialer.OpenStreamAsync(listener.Identity.PeerId, PingService.Protocol, TestNodes.Patience);

        await stream.Output.WriteAsync(new byte[32 + 31], TestNodes.Patience);
        await stream.CloseWriteAsync();
        var read = await stream.Input.ReadAtLeastAsync(33, TestNodes.Patience);

        Assert.True(read.IsCompleted);
        Assert.Equal(32, read.Buffer.Length);
    }

    [Fact]
    public async Task A_third_stream_of_a_peer_is_reset()
    {
        await using var nodes = new TestNodes();
        var (dialer, listener) = (await nodes.StartAsync(), await nodes.StartAsync(new PingService()));
        await dialer.DialAsync(listener);
        var peer = listener.Identity.PeerId;
        await using var first = await dialer.OpenStreamAsync(peer, PingService.Protocol, TestNodes.Patience);
        await using var second = await dialer.OpenStreamAsync(peer, PingService.Protocol, TestNodes.Patience);
        await EchoAsync(first);
        await EchoAsync(second);

        await using (var third = await dialer.OpenStreamAsync(peer, PingService.Protocol, TestNodes.Patience))
            await Assert.ThrowsAnyAsync<Libp2pException>(() => EchoAsync(third));

        await EchoAsync(first);
        await first.CloseWriteAsync();
        while (!(await first.Input.ReadAsync(TestNodes.Patience)).IsCompleted)
        {
        }
        await EchoAsync(second);
    }

    [Fact]
    public async Task A_wrong_echo_is_a_violation()
    {
        await using var nodes = new TestNodes();
        var (dialer, listener) = (await nodes.StartAsync(new PingService()), await nodes.StartAsync());
        listener.Handle(PingService.Protocol, async (stream, cancellationToken) =>
        {
            var read = await stream.Input.ReadAtLeastAsync(32, cancellationToken);
            var echo = read.Buffer.ToArray();
            echo[31] ^= 1;
            stream.Input.AdvanceTo(read.Buffer.End);
            await stream.Output.WriteAsync(echo, cancellationToken);
        });
        await dialer.DialAsync(listener);

        var failure = await Assert.ThrowsAsync<Libp2pException>(() => PingAsync(dialer, listener));

        Assert.Equal(Libp2pError.ProtocolViolation, failure.Error);
        Assert.Contains("other bytes", failure.Message);
    }

    [Theory]
    [InlineData(0, "ended the stream")]
    [InlineData(31, "ended the stream")]
    [InlineData(33, "more than it was pinged")]
    public async Task An_echo_of_another_length_is_a_violation(int length, string cause)
    {
        await using var nodes = new TestNodes();
        var (dialer, listener) = (await nodes.StartAsync(new PingService()), await nodes.StartAsync());
        listener.Handle(PingService.Protocol, async (stream, cancellationToken) =>
        {
            await stream.Input.ReadAtLeastAsync(32, cancellationToken);
            await stream.Output.WriteAsync(new byte[length], cancellationToken);
        });
        await dialer.DialAsync(listener);

        var failure = await Assert.ThrowsAsync<Libp2pException>(() => PingAsync(dialer, listener));

        Assert.Equal(Libp2pError.ProtocolViolation, failure.Error);
        Assert.Contains(cause, failure.Message);
    }

    [Fact]
    public async Task A_ping_without_an_answer_ends_at_its_deadline()
    {
        await using var nodes = new TestNodes();
        var time = new ManualTimeProvider();
        var (dialer, listener) = (await nodes.StartAsync(new PingService(time)), await nodes.StartAsync());
        var arrived = new TaskCompletionSource();
        var wasReset = new TaskCompletionSource();
        listener.Handle(PingService.Protocol, async (stream, cancellationToken) =>
        {
            var read = await stream.Input.ReadAtLeastAsync(32, cancellationToken);
            stream.Input.AdvanceTo(read.Buffer.End);
            arrived.SetResult();
            try
            {
                await stream.Input.ReadAsync(cancellationToken);
            }
            catch (StreamResetException)
            {
                wasReset.SetResult();
            }
        });
        await dialer.DialAsync(listener);

        var pinging = PingAsync(dialer, listener);
        await arrived.Task.WaitAsync(TestNodes.Patience);
        time.Advance(TimeSpan.FromSeconds(9.999));
        Assert.False(pinging.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.001));

        Assert.Equal(Libp2pError.Timeout, (await Assert.ThrowsAsync<Libp2pException>(() => pinging)).Error);
        await wasReset.Task.WaitAsync(TestNodes.Patience);
    }

    [Fact]
    public async Task A_stream_that_is_not_pinged_on_is_reset_after_a_minute()
    {
        await using var nodes = new TestNodes();
        var time = new ManualTimeProvider();
        var (dialer, listener) = (await nodes.StartAsync(), await nodes.StartAsync(new PingService(time)));
        await dialer.DialAsync(listener);
        await using var stream = await dialer.OpenStreamAsync(listener.Identity.PeerId, PingService.Protocol, TestNodes.Patience);
        await EchoAsync(stream);

        // The echo may arrive before the server waits again: from then on a minute is left, so two are enough in any case.
        var read = stream.Input.ReadAsync(TestNodes.Patience).AsTask();
        time.Advance(TimeSpan.FromSeconds(60));
        while (!read.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(60));
            await Task.Yield();
        }

        Assert.True((await Assert.ThrowsAsync<StreamResetException>(() => read)).ByRemote);
    }

    [Fact]
    public async Task A_cancelled_ping_throws_with_the_callers_token()
    {
        await using var nodes = new TestNodes();
        var (dialer, listener) = (await nodes.StartAsync(new PingService()), await nodes.StartAsync());
        using var source = new CancellationTokenSource();
        listener.Handle(PingService.Protocol, async (stream, cancellationToken) =>
        {
            await stream.Input.ReadAtLeastAsync(32, cancellationToken);
            await source.CancelAsync();
        });
        await dialer.DialAsync(listener);

        var failure = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => dialer.Get<PingService>().PingAsync(listener.Identity.PeerId, source.Token).AsTask());

        Assert.Equal(source.Token, failure.CancellationToken);
    }

    [Fact]
    public async Task A_peer_that_does_not_speak_ping_is_named_as_such()
    {
        await using var nodes = new TestNodes();
        var (dialer, listener) = (await nodes.StartAsync(new PingService()), await nodes.StartAsync());
        await dialer.DialAsync(listener);

        var failure = await Assert.ThrowsAsync<Libp2pException>(() => PingAsync(dialer, listener));

        Assert.Equal(Libp2pError.NegotiationFailed, failure.Error);
    }

    [Fact]
    public async Task Options_that_make_no_sense_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new PingService(options: new PingOptions { Timeout = TimeSpan.Zero }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PingService(options: new PingOptions { IdleTimeout = TimeSpan.Zero }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PingService(options: new PingOptions { MaxInboundStreamsPerPeer = 0 }));
        await Assert.ThrowsAsync<InvalidOperationException>(() => new PingService().PingAsync(Identity.Generate().PeerId).AsTask());
    }

    static Task<TimeSpan> PingAsync(Libp2pNode from, Libp2pNode to) =>
        from.Get<PingService>().PingAsync(to.Identity.PeerId, TestNodes.Patience).AsTask();

    static async Task EchoAsync(PeerStream stream)
    {
        await stream.Output.WriteAsync(new byte[32], TestNodes.Patience);
        var read = await stream.Input.ReadAtLeastAsync(32, TestNodes.Patience);
        Assert.Equal(32, read.Buffer.Length);
        stream.Input.AdvanceTo(read.Buffer.End);
    }
}
