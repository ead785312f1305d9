using System.IO.Pipelines;
using System.Security.Cryptography;
using Xunit;

namespace Libp2p.Testing.Muxers;

/// <summary>What a muxer must do whose streams have each a window of its own. Derive from it and give the protocol.</summary>
public abstract class FlowControlConformanceTests
{
    /// <summary>Makes the protocol anew, with its default bounds.</summary>
    protected abstract IMuxerProtocol Create();

    /// <summary>The most bytes that a writer may get rid of while nobody reads.</summary>
    protected virtual long MostUnread => 2 * 1024 * 1024;

    [Fact]
    public async Task A_writer_whose_reader_does_not_read_stops_within_the_window()
    {
        await using var pair = new MuxerPair(Create());
        var (near, far) = await MuxerPair.OpenAsync(pair.Dialer, pair.Listener);
        var piece = new byte[16 * 1024];
        long flushed = 0;
        Task<FlushResult> flush;
        while (true)
        {
            flush = near.Output.WriteAsync(piece).AsTask();
            // A flush that waits for the other stream's echo below has no window: nothing else keeps it that long.
            if (!flush.IsCompleted)
                await EchoAsync(pair);
            if (!flush.IsCompleted)
                break;
            flushed += piece.Length;
            Assert.True(flushed <= MostUnread, $"{flushed} bytes were taken although nobody reads.");
        }
        Assert.True(pair.Pool.RentedBytes < 2 * MostUnread, $"{pair.Pool.RentedBytes} bytes are rented.");
        var draining = PipeTransfer.HashToEndAsync(far.Input, flushed + piece.Length);
        await flush.WaitAsync(PipeTransfer.Alive);
        Assert.Equal(flushed + piece.Length, (await draining).Length);
    }

    [Fact]
    public async Task A_slow_reader_on_one_stream_slows_no_other()
    {
        await using var pair = new MuxerPair(Create());
        var (stuck, _) = await MuxerPair.OpenAsync(pair.Dialer, pair.Listener);
        var blocked = PipeTransfer.SendAsync(stuck.Output, new byte[8 * 1024 * 1024]);
        var (near, far) = await MuxerPair.OpenAsync(pair.Dialer, pair.Listener);
        var bytes = TestRandom.Bytes(8 * 1024 * 1024);
        var reading = PipeTransfer.HashToEndAsync(far.Input);
        await PipeTransfer.SendAsync(near.Output, bytes, complete: true).WaitAsync(PipeTransfer.Alive);
        Assert.Equal(SHA256.HashData(bytes), (await reading).Hash);
        Assert.False(blocked.IsCompleted);
        stuck.Reset();
        await Assert.ThrowsAsync<StreamResetException>(() => blocked.WaitAsync(PipeTransfer.Alive));
    }

    /// <summary>A stream's echo through both sides: what was sent before it has been taken when it returns.</summary>
    private static async Task EchoAsync(MuxerPair pair)
    {
        var (near, far) = await MuxerPair.OpenAsync(pair.Dialer, pair.Listener);
        for (var i = 0; i < 3; i++)
        {
            await far.Output.WriteAsync(new byte[1]);
            await PipeTransfer.ReadExactlyAsync(near.Input, 1);
            await near.Output.WriteAsync(new byte[1]);
            await PipeTransfer.ReadExactlyAsync(far.Input, 1);
        }
        await near.DisposeAsync();
        await far.DisposeAsync();
    }
}
