using System.IO.Pipelines;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Muxers;

public class MuxerStreamReaderTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Gives_back_what_nobody_read_of_a_stream_that_is_reset_once_the_connection_is_lost(bool isGiven)
    {
        await using var nodes = new TestNodes();
        var (dialer, listener) = (await nodes.StartAsync(), await nodes.StartAsync());
        var (arrived, ended) = (new TaskCompletionSource(), new TaskCompletionSource());
        using var handler = listener.Handle("/leaves/unread/1", async (stream, cancellationToken) =>
        {
            var read = await stream.Input.ReadAtLeastAsync(10_000, cancellationToken);
            if (!isGiven)
                stream.Input.AdvanceTo(read.Buffer.Start);
            arrived.SetResult();
            await ended.Task;
            throw new StreamResetException("What the handler was about to do is of no use any more.", byRemote: true);
        });
        var watch = listener.WatchAsync(TestNodes.Patience);
        await using var stream = await dialer.OpenStreamAsync(await dialer.DialAsync(listener), "/leaves/unread/1", TestNodes.Patience);
        await stream.Output.WriteAsync(new byte[10_000], TestNodes.Patience);
        await arrived.Task.WaitAsync(TestNodes.Patience);
        await dialer.DisposeAsync();
        await watch.FirstAsync<ConnectionEnded>();
        ended.SetResult();
        await listener.DisposeAsync();
        Assert.Equal(0, listener.Pool.RentedBytes);
    }
}
