using System.IO.Pipelines;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Negotiation;

public class NegotiatedStreamWriteTests
{
    [Fact]
    public async Task Takes_a_write_of_any_length_before_the_negotiation_is_over()
    {
        await using var nodes = new TestNodes();
        var (dialer, listener) = (await nodes.StartAsync(), await nodes.StartAsync());
        var received = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var handler = listener.Handle("/sink/1", async (stream, cancellationToken) =>
        {
            var total = 0L;
            while (true)
            {
                var read = await stream.Input.ReadAsync(cancellationToken);
                total += read.Buffer.Length;
                stream.Input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                    break;
            }
            received.SetResult(total);
        });
        await using var stream = await dialer.OpenStreamAsync(await dialer.DialAsync(listener), "/sink/1", TestNodes.Patience);
        var bytes = new byte[5 << 20];
        await stream.Output.WriteAsync(bytes, TestNodes.Patience);
        await stream.Output.CompleteAsync();
        Assert.Equal(bytes.Length, await received.Task.WaitAsync(TestNodes.Patience));
    }
}
