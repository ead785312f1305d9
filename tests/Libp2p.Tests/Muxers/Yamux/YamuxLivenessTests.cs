using Libp2p.Muxers;
using Libp2p.Muxers.Yamux;
using Libp2p.Testing;

namespace Libp2p.Tests.Muxers.Yamux;

/// <summary>Keepalive, write timeout and linger, in virtual time.</summary>
public sealed class YamuxLivenessTests
{
    static readonly YamuxOptions Defaults = new();

    readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task A_silent_link_is_probed_and_ended_within_40_seconds()
    {
        await using var raw = new RawYamux(time: _time);
        Advance(15);
        await raw.ReceiveAsync(h => h.Type == YamuxType.Ping && h.Has(YamuxFlags.Syn));
        Advance(10);
        Assert.False(raw.Session.Closed.IsCompleted);
        Advance(15);
        var reason = await raw.Session.Closed.WaitAsync(PipeTransfer.Alive);
        Assert.Equal(CloseCode.Timeout, reason.Code);
        Assert.Equal("it did not answer a ping for 15 s", reason.Detail);
        await _time.WaitForTimersAsync(0);
    }

    [Fact]
    public async Task A_link_whose_pings_are_answered_stays_and_its_round_trip_is_known()
    {
        await using var raw = new RawYamux(time: _time);
        for (var i = 0; i < 20; i++)
        {
            // The clock looks every five seconds; what follows takes 80 ms of the first.
            _time.Advance(TimeSpan.FromSeconds(15 * (i + 1)) - _time.Elapsed);
            var ping = await raw.ReceiveAsync(h => h.Type == YamuxType.Ping);
            _time.Advance(TimeSpan.FromMilliseconds(80));
            await raw.SendAsync(YamuxType.Ping, YamuxFlags.Ack, 0, ping.Length);
            await raw.AssertAliveAsync();
            Assert.Equal(TimeSpan.FromMilliseconds(80), raw.Session.RoundTripTime);
        }
        Assert.False(raw.Session.Closed.IsCompleted);
    }

    [Fact]
    public async Task Whatever_arrives_is_a_sign_of_life()
    {
        await using var raw = new RawYamux(time: _time);
        for (var i = 0; i < 20; i++)
        {
            Advance(5);
            await raw.AssertAliveAsync();
        }
        Assert.False(raw.Session.Closed.IsCompleted);
    }

    [Fact]
    public async Task A_write_that_hangs_ends_the_session()
    {
        await using var raw = new RawYamux(time: _time);
        // Two streams' windows are more than the link holds unread.
        var failures = new List<Task>();
        for (var i = 0; i < 6; i++)
        {
            var stream = await raw.Session.OpenAsync(CancellationToken.None);
            failures.Add(PipeTransfer.SendAsync(stream.Output, new byte[1024 * 1024]));
        }
        // With so much unread the pair of links is full, and the write that has begun hangs; with less it may be over in a moment.
        using var alive = new CancellationTokenSource(PipeTransfer.Alive);
        while (Unread(raw.Remote) < 1024 * 1024 || !((MuxerConnection)raw.Session).IsFlushing)
        {
            alive.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
        Advance(20);
        var reason = await raw.Session.Closed.WaitAsync(PipeTransfer.Alive);
        Assert.Equal(CloseCode.Timeout, reason.Code);
        Assert.Equal("it took no data for 10 s", reason.Detail);
        foreach (var failure in failures)
            await Assert.ThrowsAsync<Libp2pException>(() => failure.WaitAsync(PipeTransfer.Alive));
    }

    [Fact]
    public async Task A_stream_that_the_other_side_never_ends_is_reset_after_the_linger()
    {
        await using var raw = new RawYamux(time: _time);
        await raw.SendAsync(YamuxType.WindowUpdate, YamuxFlags.Syn, 1, 0);
        var stream = await raw.Session.AcceptAsync(CancellationToken.None).AsTask().WaitAsync(PipeTransfer.Alive);
        await stream!.DisposeAsync();
        await raw.ReceiveAsync(h => h.StreamId == 1 && h.Has(YamuxFlags.Fin));
        for (var i = 0; i < 14; i++)
        {
            Advance(5);
            await raw.AssertAliveAsync();
        }
        Assert.Equal(0, raw.Session.StreamCount);
    }

    [Fact]
    public void The_defaults_keep_the_promise_of_40_seconds()
    {
        var latest = (2 * Defaults.KeepAlive) + (2 * Defaults.KeepAlive / 3);
        Assert.True(latest <= TimeSpan.FromSeconds(40));
        new YamuxOptions().Validate();
        Assert.Throws<ArgumentOutOfRangeException>(() => new YamuxMuxer(new YamuxOptions { MaxFramePayload = (64 * 1024) + 1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new YamuxMuxer(new YamuxOptions { KeepAlive = TimeSpan.Zero }));
    }

    void Advance(int seconds) => _time.Advance(TimeSpan.FromSeconds(seconds));

    static long Unread(Link link)
    {
        if (!link.Input.TryRead(out var read))
            return 0;
        link.Input.AdvanceTo(read.Buffer.Start, read.Buffer.Start);
        return read.Buffer.Length;
    }
}
