using System.IO.Pipelines;

namespace Libp2p.Muxers.Yamux;

/// <summary>A stream as the application holds it: its two ends, and what ends both at once.</summary>
internal sealed class YamuxStream : MuxedStream
{
    private readonly YamuxConnection _connection;
    private readonly YamuxStreamState _state;
    private readonly YamuxStreamReader _reader;
    private readonly YamuxStreamWriter _writer;

    public YamuxStream(YamuxConnection connection, YamuxStreamState state)
    {
        _connection = connection;
        _state = state;
        _reader = new YamuxStreamReader(connection, state);
        _writer = new YamuxStreamWriter(connection, state);
        state.Stream = this;
    }

    public YamuxStreamState State => _state;

    public override long Id => _state.Id;

    public override Role Role => _state.Role;

    public override PipeReader Input => _reader;

    public override PipeWriter Output => _writer;

    public YamuxStreamReader Reader => _reader;

    public YamuxStreamWriter Writer => _writer;

    public override void Reset()
    {
        _connection.Reset(_state);
        Fail(new StreamResetException("The stream was reset on this side.", byRemote: false), dropUnread: true);
    }

    public override ValueTask DisposeAsync()
    {
        _writer.Complete();
        _reader.Complete();
        return ValueTask.CompletedTask;
    }

    /// <summary>Ends both directions with a failure, by the connection's decision.</summary>
    public void Fail(Exception failure, bool dropUnread)
    {
        _reader.Fail(failure, dropUnread);
        _writer.Fail(failure);
    }
}
