namespace Libp2p.Muxers.Yamux;

/// <summary>A stream as the application holds it; its two ends lock its state for their buffers.</summary>
internal sealed class YamuxStream : MuxerStream
{
    private readonly YamuxConnection _connection;

    public YamuxStream(YamuxConnection connection, YamuxStreamState state)
        : base(state, connection.Pool)
    {
        _connection = connection;
        State = state;
        state.Stream = this;
    }

    public YamuxStreamState State { get; }

    public override long Id => State.Id;

    public override Role Role => State.Role;

    public override bool IsUnannounced => State.SynDue;

    public override void Queue(int bytes) => _connection.Queue(State, bytes);

    public override void EndWriting(int bytes) => _connection.EndWriting(State, bytes);

    public override void Consumed(long bytes, long unread) => _connection.Consumed(State, bytes, unread);

    public override void EndReading(long dropped) => _connection.EndReading(State, dropped);

    public override void Charge(long bytes) => _connection.Charge(bytes);

    protected override void OnReset() => _connection.Reset(State);
}
