namespace Libp2p.Muxers.Mplex;

/// <summary>A stream as the application holds it; its two ends lock its state for their buffers.</summary>
internal sealed class MplexStream : MuxerStream
{
    private readonly MplexConnection _connection;

    public MplexStream(MplexConnection connection, MplexStreamState state)
        : base(state, connection.Pool)
    {
        _connection = connection;
        State = state;
        state.Stream = this;
    }

    public MplexStreamState State { get; }

    public override long Id => State.Id;

    public override Role Role => State.Role;

    public override bool IsUnannounced => State.OpenDue;

    public override void Queue(int bytes) => _connection.Queue(State, bytes);

    public override void EndWriting(int bytes) => _connection.EndWriting(State, bytes);

    public override void Consumed(long bytes, long unread) => _connection.Consumed(State, bytes);

    public override void EndReading(long dropped) => _connection.EndReading(State);

    public override void Charge(long bytes) => _connection.Charge(bytes);

    protected override void OnReset() => _connection.Reset(State);
}
