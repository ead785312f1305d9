using System.IO.Pipelines;
using System.Security.Cryptography;
using Libp2p.Security.Noise;
using Libp2p.Testing;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Security.Noise;

[Collection(AloneCollection.Name)]
public sealed class NoiseTransferTests
{
    private const int Megabyte = 1024 * 1024;

    private static readonly TimeSpan Alive = PipeTransfer.Alive;

    [Fact]
    public async Task Odd_pieces_arrive_whole_through_a_path_that_splits_them_otherwise()
    {
        var random = TestRandom.Create();
        // The relay forwards what it has whenever it has it: frames come split anywhere.
        await using var relay = new LinkRelay();
        var (from, to) = await SecureAsync(relay.Dialer, relay.Listener);
        var data = random.Bytes(32 * Megabyte);
        var sending = Task.Run(async () =>
        {
            for (var at = 0; at < data.Length;)
            {
                var size = Math.Min(data.Length - at, random.Next(1, 1 << random.Next(1, 19)));
                await from.Output.WriteAsync(data.AsMemory(at, size));
                at += size;
            }
        });
        Assert.Equal(SHA256.HashData(data), await HashAsync(to.Input, data.Length).WaitAsync(Alive));
        await sending;
    }

    [Fact]
    public async Task A_megabyte_costs_next_to_no_allocation()
    {
        const int Total = 64;
#if DEBUG
        // Without optimization every asynchronous call allocates its state, the test's own calls among them.
        const long Budget = 16 * 1024;
#else
        const long Budget = 4 * 1024;
#endif
        using var pool = new BufferPool();
        await using var links = new LinkPair(pool);
        var (from, to) = await SecureAsync(links.Dialer, links.Listener);
        var piece = new byte[64 * 1024];
        await PumpAsync(8);
        // The pool grows whenever the reader has never lagged that far before: the cost of a transfer is what the leanest round shows.
        var allocated = long.MaxValue;
        for (var round = 0; round < 5; round++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            await PumpAsync(Total);
            allocated = Math.Min(allocated, GC.GetTotalAllocatedBytes(precise: true) - before);
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{allocated / Total} bytes of managed allocation a megabyte");
        Assert.InRange(allocated, 0, Total * Budget);

        async Task PumpAsync(int megabytes)
        {
            var sending = Task.Run(async () =>
            {
                for (var i = 0; i < megabytes * 16; i++)
                    await from.Output.WriteAsync(piece);
            });
            for (var left = (long)megabytes * Megabyte; left > 0;)
            {
                var read = await to.Input.ReadAsync();
                left -= read.Buffer.Length;
                to.Input.AdvanceTo(read.Buffer.End);
            }
            await sending;
        }
    }

    [Fact]
    public async Task An_end_at_any_moment_is_survived()
    {
        var random = TestRandom.Create();
        for (var round = 0; round < 50; round++)
        {
            await using var links = new LinkPair();
            var (from, to) = await SecureAsync(links.Dialer, links.Listener);
            var piece = new byte[random.Next(1, 200_000)];
            var sending = Task.Run(() => UntilItFailsAsync(async () => await from.Output.WriteAsync(piece)));
            var received = 0L;
            var enough = random.Next(1, 4 * Megabyte);
            var reached = new TaskCompletionSource();
            var receiving = Task.Run(() => UntilItFailsAsync(async () =>
            {
                var read = await to.Input.ReadAsync();
                received += read.Buffer.Length;
                to.Input.AdvanceTo(read.Buffer.End);
                if (received > enough)
                    reached.TrySetResult();
                if (read.IsCompleted)
                    throw new Libp2pException(Libp2pError.ConnectionClosed, "ended");
            }));
            await reached.Task.WaitAsync(Alive);
            var victim = random.Next(2) == 0 ? from : to;
            await Task.WhenAll(Task.Run(() => victim.Abort()), Task.Run(() => victim.Abort()), Task.Run(() => from.Abort()));
            await sending.WaitAsync(Alive);
            await receiving.WaitAsync(Alive);
            await from.DisposeAsync();
            await to.DisposeAsync();
            await to.DisposeAsync();
        }
    }

    /// <summary>Anything but the link's own failure, such as the use of a freed cipher, fails the test.</summary>
    private static async Task UntilItFailsAsync(Func<Task> step)
    {
        try
        {
            while (true)
                await step();
        }
        catch (Libp2pException e) when (e.Error == Libp2pError.ConnectionClosed)
        {
            // As it should.
        }
    }

    private static async Task<byte[]> HashAsync(PipeReader input, long length)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        while (length > 0)
        {
            var read = await input.ReadAsync();
            foreach (var segment in read.Buffer)
                hash.AppendData(segment.Span);
            length -= read.Buffer.Length;
            input.AdvanceTo(read.Buffer.End);
            Assert.True(length == 0 || !read.IsCompleted);
        }
        return hash.GetHashAndReset();
    }

    private static async Task<(SecureLink Dialer, SecureLink Listener)> SecureAsync(Link dialer, Link listener)
    {
        var identity = Identity.Generate();
        var protocol = new NoiseProtocol();
        var listening = protocol.SecureAsync(listener, new HandshakeContext(identity, Role.Listener, null, []), CancellationToken.None);
        var dialed = await protocol.SecureAsync(dialer, new HandshakeContext(identity, Role.Dialer, null, []), CancellationToken.None);
        await dialed.Output.FlushAsync();
        return (dialed, await listening);
    }
}
