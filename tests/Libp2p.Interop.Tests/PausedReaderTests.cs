using Libp2p.Interop.Tests.Nodes;

namespace Libp2p.Interop.Tests;

/// <summary>
/// js-libp2p with the limits it has by default resets a stream that its application has paused once 4 MiB wait in it, though it
/// let the window grow to 16 MiB and the sender kept to it. So a transfer to a js that reads in fits and starts can be reset:
/// the writer must hear so, and nothing else be touched.
/// </summary>
public sealed class PausedReaderTests
{
    const int Step = 4 << 20;

    [Theory]
    [InlineData(Side.Ours)]
    [InlineData(Side.Js)]
    public async Task A_reset_by_a_full_js_fails_the_writer_and_nothing_else(Side dialer)
    {
        await using var met = await Encounter.StartAsync(dialer, ["--limits", "default"]);
        await using var stream = await met.OpenAsync(TestProtocols.SlowReader);
        var writing = WriteForeverAsync(stream, met.Deadline);
        var key = (await met.Js.WaitForAsync("slow-open", cancellationToken: met.Deadline)).Number("stream");

        // The window grows as js reads; once it is beyond 4 MiB, the pause after a read is one too long.
        while ((await met.Js.WaitForAnswerAsync("slow-read", new { stream = key, bytes = Step }, cancellationToken: met.Deadline)).Name == "slow-read")
            Assert.False(met.Deadline.IsCancellationRequested);

        var failure = await Assert.ThrowsAsync<StreamResetException>(() => writing);
        Assert.True(failure.ByRemote);
        Assert.Equal("StreamBufferError", (await met.Js.WaitForAsync("stream-error", cancellationToken: met.Deadline)).Text("name"));
        await met.AssertAliveAsync();
        Assert.Single(met.Ours.Node.Connections);
    }

    static async Task WriteForeverAsync(PeerStream stream, CancellationToken cancellationToken)
    {
        var block = new byte[64 * 1024];
        while (true)
            Assert.False((await stream.Output.WriteAsync(block, cancellationToken)).IsCompleted);
    }
}
