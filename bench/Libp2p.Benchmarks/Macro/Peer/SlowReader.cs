using System.Text.Json.Nodes;

namespace Libp2p.Benchmarks.Macro.Peer;

/// <summary>A stream that is read only when the driver says so: between two reads the sender runs out of window.</summary>
internal sealed class SlowReader
{
    public static readonly ProtocolId Protocol = "/test/slow-reader/1.0.0";

    private readonly SemaphoreSlim _one = new(1);
    private PeerStream? _stream;
    private TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _ended;

    public async Task ServeAsync(PeerStream stream, CancellationToken cancellationToken)
    {
        _closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _ended = false;
        _stream = stream;
        PeerProgram.Emit("slow-open", new JsonObject { ["from"] = stream.RemotePeer.ToString(), ["stream"] = 1 });
        await _closed.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Reads at least so many bytes more, or to the end.</summary>
    public async Task<JsonObject> ReadAsync(long bytes)
    {
        var stream = _stream ?? throw new InvalidOperationException("no slow stream");
        await _one.WaitAsync();
        try
        {
            var total = 0L;
            while (total < bytes && !_ended)
            {
                var read = await stream.Input.ReadAsync();
                var taken = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, bytes - total));
                total += taken.Length;
                _ended = read.IsCompleted && taken.Length == read.Buffer.Length;
                stream.Input.AdvanceTo(taken.End);
            }
            return new JsonObject { ["bytes"] = total, ["ended"] = _ended };
        }
        finally
        {
            _one.Release();
        }
    }

    public JsonObject Close()
    {
        _closed.TrySetResult();
        return [];
    }
}
