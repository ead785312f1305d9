using Libp2p.Muxers.Yamux;
using Libp2p.Testing;

namespace Libp2p.Tests.Muxers.Yamux;

public sealed class YamuxAttackTests
{
    const uint Window = YamuxOptions.InitialWindow;
    const int MiB = 1024 * 1024;

    [Fact]
    public async Task A_hundred_thousand_opens_are_cut_off()
    {
        // CVE-2022-23492: the limit of streams holds, refusals are bounded. By a clock that stands: however slowly the flood comes, none of it is forgiven.
        await using var raw = new RawYamux(time: new ManualTimeProvider());
        var writing = FloodAsync(raw, i => raw.Write(YamuxType.WindowUpdate, YamuxFlags.Syn, (2 * (uint)i) + 1, 0));
        await raw.AssertViolationAsync("streams were opened");
        await writing;
        Assert.Equal(0, raw.Session.StreamCount);
    }

    [Fact]
    public async Task Open_and_reset_without_end_is_cut_off()
    {
        // CVE-2023-44487.
        await using var raw = new RawYamux(time: new ManualTimeProvider());
        var accepting = Task.Run(async () =>
        {
            // They are taken and not answered: a stream that was closed before its reset came would not be an abandoned one.
            List<MuxedStream> taken = [];
            while (await raw.Session.AcceptAsync(CancellationToken.None) is { } stream)
                taken.Add(stream);
            foreach (var stream in taken)
                await stream.DisposeAsync();
        });
        var writing = FloodAsync(raw, i =>
        {
            raw.Write(YamuxType.WindowUpdate, YamuxFlags.Syn, (2 * (uint)i) + 1, 0);
            raw.Write(YamuxType.WindowUpdate, YamuxFlags.Rst, (2 * (uint)i) + 1, 0);
        });
        await raw.AssertViolationAsync("streams were opened");
        await writing;
        await accepting.WaitAsync(PipeTransfer.Alive);
        Assert.Equal(0, raw.Session.StreamCount);
    }

    [Fact]
    public async Task A_stream_that_is_reset_beyond_the_rate_fails_with_the_session()
    {
        await using var raw = new RawYamux(new YamuxOptions { AbandonedStreamsBurst = 1 }, new ManualTimeProvider());
        await raw.SendAsync(YamuxType.WindowUpdate, YamuxFlags.Syn | YamuxFlags.Rst, 1, 0);
        await raw.SendAsync(YamuxType.WindowUpdate, YamuxFlags.Syn, 3, 0);
        var stream = await raw.Session.AcceptAsync(CancellationToken.None).AsTask().WaitAsync(PipeTransfer.Alive);
        var reading = stream!.Input.ReadAsync().AsTask();
        await raw.SendAsync(YamuxType.WindowUpdate, YamuxFlags.Rst, 3, 0);
        var failure = await Assert.ThrowsAsync<Libp2pException>(() => reading.WaitAsync(PipeTransfer.Alive));
        Assert.Equal(Libp2pError.ConnectionClosed, failure.Error);
    }

    [Theory]
    [InlineData(uint.MaxValue)]
    [InlineData(Window + 1)]
    public async Task A_giant_frame_ends_the_session_before_its_body(uint length)
    {
        await using var raw = new RawYamux();
        await raw.SendAsync(YamuxType.WindowUpdate, YamuxFlags.Syn, 1, 0);
        await raw.SendAsync(YamuxType.Data, 0, 1, length);
        await raw.AssertViolationAsync("beyond its window");
        Assert.InRange(raw.Pool.RentedBytes, 0, MiB);
    }

    [Fact]
    public async Task A_window_that_overflows_ends_the_session()
    {
        // CVE-2026-31814.
        await using var raw = new RawYamux();
        raw.Write(YamuxType.WindowUpdate, YamuxFlags.Syn, 1, uint.MaxValue - Window);
        await raw.SendAsync(YamuxType.WindowUpdate, 0, 1, 1);
        await raw.AssertViolationAsync("grew beyond 2^32");
    }

    [Fact]
    public async Task A_window_that_overflows_with_the_opening_ends_the_session()
    {
        await using var raw = new RawYamux();
        await raw.SendAsync(YamuxType.WindowUpdate, YamuxFlags.Syn, 1, uint.MaxValue);
        await raw.AssertViolationAsync("grew beyond 2^32");
    }

    [Fact]
    public async Task Data_with_the_opening_beyond_the_window_ends_the_session()
    {
        // CVE-2026-32314.
        await using var raw = new RawYamux();
        await raw.SendAsync(YamuxType.Data, YamuxFlags.Syn, 1, Window + 1);
        await raw.AssertViolationAsync("on a new stream are beyond its window");
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, 9)]
    public async Task An_unknown_version_or_type_ends_the_session(byte version, byte type)
    {
        await using var raw = new RawYamux();
        var header = new byte[YamuxHeader.Size];
        (header[0], header[1]) = (version, type);
        await raw.Remote.Output.WriteAsync(header);
        await raw.AssertViolationAsync("is not known");
    }

    [Fact]
    public async Task Unread_data_of_all_streams_is_bounded_and_the_fullest_goes()
    {
        await using var raw = new RawYamux(new YamuxOptions { MaxBuffered = MiB });
        await raw.SendAsync(YamuxType.Data, YamuxFlags.Syn, 1, 1000, 1000);
        for (uint id = 3; id <= 41; id += 2)
            await raw.SendAsync(YamuxType.Data, YamuxFlags.Syn, id, Window, (int)Window);
        await raw.AssertAliveAsync();
        Assert.InRange(raw.Pool.RentedBytes, 0, 3 * MiB);
        // The small one is none of those that were reset.
        var stream = await raw.Session.AcceptAsync(CancellationToken.None);
        Assert.Equal(1000, (await PipeTransfer.ReadExactlyAsync(stream!.Input, 1000)).Length);
    }

    [Fact]
    public async Task Tiny_pieces_do_not_cost_a_block_each()
    {
        await using var raw = new RawYamux();
        raw.Write(YamuxType.WindowUpdate, YamuxFlags.Syn, 1, 0);
        for (var i = 0; i < 20_000; i++)
        {
            raw.WriteData(1, 1);
            if (i % 100 == 0)
                await raw.Remote.Output.FlushAsync();
        }
        await raw.AssertAliveAsync();
        Assert.InRange(raw.Pool.RentedBytes, 0, MiB);
    }

    [Fact]
    public async Task Frames_of_a_whole_window_are_taken_as_js_sends_them()
    {
        await using var raw = new RawYamux();
        await raw.SendAsync(YamuxType.Data, YamuxFlags.Syn, 1, Window - 12, (int)Window - 12);
        raw.WriteData(1, 12);
        await raw.Remote.Output.FlushAsync();
        var stream = await raw.Session.AcceptAsync(CancellationToken.None).AsTask().WaitAsync(PipeTransfer.Alive);
        await PipeTransfer.ReadExactlyAsync(stream!.Input, (int)Window);
        await raw.ReceiveAsync(h => h.Type == YamuxType.WindowUpdate && h.Length > 0);
    }

    [Fact]
    public async Task A_link_that_ends_within_a_frame_is_lost()
    {
        await using var raw = new RawYamux();
        await raw.Remote.Output.WriteAsync(new byte[5]);
        await raw.Remote.Output.CompleteAsync();
        Assert.Equal(CloseCode.LinkLost, (await raw.Session.Closed.WaitAsync(PipeTransfer.Alive)).Code);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Random_frames_never_crash_it_and_leak_nothing(int run)
    {
        var random = new Random(TestRandom.Seed() + run);
        for (var session = 0; session < 20; session++)
        {
            var raw = new RawYamux();
            var writing = FloodAsync(raw, _ =>
            {
                var length = random.Next(3) == 0 ? (uint)random.NextInt64(1L << 32) : (uint)random.Next(2000);
                raw.Write((YamuxType)random.Next(random.Next(50) == 0 ? 5 : 4), (YamuxFlags)random.Next(16), (uint)random.Next(20), length, random.Next(3) == 0 ? random.Next(100) : 0);
            }, 2000);
            await Task.WhenAny(raw.Session.Closed, writing).WaitAsync(PipeTransfer.Alive);
            raw.Session.Abort(CloseReason.LocalClose);
            await writing.WaitAsync(PipeTransfer.Alive);
            await raw.DisposeAsync();
            Assert.Equal(0, raw.Pool.RentedBytes);
            Assert.NotEqual(CloseCode.InternalError, (await raw.Session.Closed).Code);
        }
    }

    static async Task FloodAsync(RawYamux raw, Action<int> write, int count = 100_000)
    {
        await Task.Yield();
        try
        {
            for (var i = 0; i < count; i++)
            {
                write(i);
                if (i % 100 == 99)
                    await raw.Remote.Output.FlushAsync();
            }
        }
        catch (Libp2pException)
        {
            // Cut off, as it should be.
        }
    }
}
