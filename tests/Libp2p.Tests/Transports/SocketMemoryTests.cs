using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Libp2p.Testing;
using Libp2p.Transports.Tcp;

namespace Libp2p.Tests.Transports;

/// <summary>What a link over a socket holds while it is idle. A socket remembers the memory of its last operation that had to wait.</summary>
public sealed class SocketMemoryTests
{
    private readonly BufferPool _pool = new();

    [Theory]
    [InlineData(10_000)]
    [InlineData(16_000_000)]
    public async Task An_idle_link_keeps_no_memory_that_it_has_sent_or_received(int length)
    {
        var transport = new TcpTransport(_pool, new TcpOptions());
        await using var listener = await transport.ListenAsync(Multiaddress.Parse("/ip4/127.0.0.1/tcp/0"), CancellationToken.None);
        await using var dialer = await transport.DialAsync(listener.Address, CancellationToken.None);
        await using var accepted = await listener.AcceptAsync(CancellationToken.None);
        Assert.NotNull(accepted);
        var sent = await SendAsync(dialer, accepted, length).WaitAsync(PipeTransfer.Alive);
        var reading = accepted.Input.ReadAsync();
        Assert.False(reading.IsCompleted);
        await AssertForgottenAsync(sent);
        await dialer.Output.WriteAsync(new byte[1]);
        Assert.Equal(1, (await reading).Buffer.Length);
    }

    /// <summary>
    /// Collects until nothing holds them. What an idle link holds, it holds for ever; a thread that took part in the transfer
    /// may hold a buffer on its stack, until it has come back from all that it called.
    /// </summary>
    private async Task AssertForgottenAsync(List<WeakReference> buffers)
    {
        var start = Stopwatch.GetTimestamp();
        do
        {
            await Task.Delay(1);
            _pool.Trim();
            _pool.Trim();
            GC.Collect();
        }
        while (buffers.Exists(memory => memory.IsAlive) && Stopwatch.GetElapsedTime(start) < PipeTransfer.Alive);
        Assert.DoesNotContain(buffers, memory => memory.IsAlive);
    }

    /// <summary>Sends, and begins to read once the link takes no more; gives the buffers that were written into.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<List<WeakReference>> SendAsync(Link from, Link to, int length)
    {
        var buffers = new List<WeakReference>();
        Task? reading = null;
        for (var left = length; left > 0;)
        {
            var memory = from.Output.GetMemory(Math.Min(left, 100_000));
            Assert.True(MemoryMarshal.TryGetArray<byte>(memory, out var array));
            buffers.Add(new WeakReference(array.Array));
            var count = Math.Min(left, memory.Length);
            from.Output.Advance(count);
            left -= count;
            var flush = from.Output.FlushAsync();
            if (left == 0 || !flush.IsCompleted)
                reading ??= ReadAsync(to, length);
            await flush;
        }
        await reading!;
        return buffers;
    }

    private static async Task ReadAsync(Link link, int length)
    {
        while (length > 0)
        {
            var read = await link.Input.ReadAsync();
            length -= (int)read.Buffer.Length;
            link.Input.AdvanceTo(read.Buffer.End);
        }
    }
}
