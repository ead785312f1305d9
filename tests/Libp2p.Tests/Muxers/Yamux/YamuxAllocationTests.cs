using Libp2p.Muxers.Yamux;
using Libp2p.Testing;
using Libp2p.Testing.Muxers;

namespace Libp2p.Tests.Muxers.Yamux;

/// <summary>Counts what the whole process allocates: nothing else may run beside it.</summary>
[CollectionDefinition(nameof(YamuxAllocationTests), DisableParallelization = true)]
public sealed class AllocationCollection;

[Collection(nameof(YamuxAllocationTests))]
public sealed class YamuxAllocationTests
{
    const int MiB = 1024 * 1024;

#if DEBUG
    // In debug builds the compiler makes an object of every call of an asynchronous method.
    const int Budget = 16 * 1024;
#else
    const int Budget = 4 * 1024;
#endif

    [Fact]
    public async Task A_megabyte_on_an_open_stream_allocates_within_the_budget()
    {
        await using var pair = new MuxerPair(new YamuxMuxer());
        var (near, far) = await MuxerPair.OpenAsync(pair.Dialer, pair.Listener);
        var piece = new byte[64 * 1024];
        await MoveAsync(near, far, piece, 128);
        // The pool grows whenever the reader has never lagged that far before: the cost of a transfer is what the leanest round shows.
        var perMegabyte = long.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            await MoveAsync(near, far, piece, 128);
            perMegabyte = Math.Min(perMegabyte, (GC.GetTotalAllocatedBytes(precise: true) - before) / 128);
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{perMegabyte} bytes allocated for each MB");
        Assert.InRange(perMegabyte, 0, Budget);
    }

    static async Task MoveAsync(MuxedStream near, MuxedStream far, byte[] piece, int megabytes)
    {
        var reading = ReadAsync(far, (long)megabytes * MiB);
        for (var sent = 0L; sent < (long)megabytes * MiB; sent += piece.Length)
            await near.Output.WriteAsync(piece);
        await reading.WaitAsync(PipeTransfer.Alive);
    }

    static async Task ReadAsync(MuxedStream far, long length)
    {
        while (length > 0)
        {
            var read = await far.Input.ReadAsync();
            length -= read.Buffer.Length;
            far.Input.AdvanceTo(read.Buffer.End);
        }
    }
}
