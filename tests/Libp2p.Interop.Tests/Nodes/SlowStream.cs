namespace Libp2p.Interop.Tests.Nodes;

/// <summary>A stream that is read when the test says so.</summary>
public sealed class SlowStream(PeerStream stream)
{
    readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the test has read to the end.</summary>
    public Task Finished => _finished.Task;

    /// <summary>Bytes read so far.</summary>
    public long Total { get; private set; }

    /// <summary>Reads at least so many bytes, or to the end; false at the end.</summary>
    public async Task<bool> ReadAsync(long bytes, CancellationToken cancellationToken)
    {
        for (var goal = Total + bytes; Total < goal && !Finished.IsCompleted;)
        {
            var read = await stream.Input.ReadAsync(cancellationToken);
            Total += read.Buffer.Length;
            stream.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                _finished.SetResult();
        }
        return !Finished.IsCompleted;
    }
}
