namespace Libp2p.Muxers.Mplex;

/// <summary>What the machine knows of one stream. Only the machine writes it; the stream's two ends lock it for their buffers.</summary>
internal sealed class MplexStreamState(long id, Role role)
{
    /// <summary>The opener's number: both sides count on their own, so that only number and role together name a stream.</summary>
    public long Id { get; } = id;

    /// <summary>Whether this side opened it.</summary>
    public Role Role { get; } = role;

    /// <summary>The stream that the application holds; set once, when it is made.</summary>
    public MplexStream? Stream { get; set; }

    /// <summary>Where the messages that wait unread end, counted in bytes from the stream's beginning; null before the first.</summary>
    public Queue<long>? UnreadEnds;

    /// <summary>Bytes that have arrived.</summary>
    public long Received;

    /// <summary>Bytes that were read or dropped here.</summary>
    public long Consumed;

    /// <summary>Bytes that the application has flushed and that wait to be sent.</summary>
    public long Queued;

    /// <summary>Until when the other side may send although nobody reads here; null while somebody does.</summary>
    public TimeSpan? LingerUntil;

    /// <summary>The other side has not been told of it yet.</summary>
    public bool OpenDue;
    public bool ResetDue;

    /// <summary>The application has ended writing: the close follows what is queued.</summary>
    public bool EndDue;

    /// <summary>The close has been sent.</summary>
    public bool Ended;

    /// <summary>The other side's close has arrived.</summary>
    public bool RemoteEnded;

    /// <summary>This side has sent something on a stream that the other opened.</summary>
    public bool Answered;

    /// <summary>It stands in the queue of those with something to send.</summary>
    public bool IsReady;

    /// <summary>Reset by either side, or ended on both: nothing more is sent or taken.</summary>
    public bool IsGone;
}
