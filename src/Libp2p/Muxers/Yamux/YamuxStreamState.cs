namespace Libp2p.Muxers.Yamux;

/// <summary>What the machine knows of one stream. Only the machine writes it; the stream's two ends lock it for their buffers.</summary>
internal sealed class YamuxStreamState(uint id, Role role)
{
    public uint Id { get; } = id;

    /// <summary>Whether this side opened it.</summary>
    public Role Role { get; } = role;

    /// <summary>The stream that the application holds; set once, when it is made.</summary>
    public YamuxStream? Stream { get; set; }

    /// <summary>Bytes that the other side still takes.</summary>
    public long SendWindow = YamuxOptions.InitialWindow;

    /// <summary>Bytes that the other side may still send.</summary>
    public long ReceiveWindow = YamuxOptions.InitialWindow;

    /// <summary>The receive window when nothing is on its way: it grows with the round trip.</summary>
    public int WindowSize = YamuxOptions.InitialWindow;

    /// <summary>Bytes that were read here and not given back to the other side yet.</summary>
    public long Unreported;

    /// <summary>Growth of the receive window that waits to be told.</summary>
    public long WindowDue;

    /// <summary>When the window was last given back.</summary>
    public TimeSpan LastUpdate;

    /// <summary>Bytes that the application has flushed and that wait to be sent.</summary>
    public long Queued;

    /// <summary>Until when the other side may send although nobody reads here; null while somebody does.</summary>
    public TimeSpan? LingerUntil;

    public bool SynDue;
    public bool AckDue;
    public bool RstDue;

    /// <summary>The application has ended writing: FIN follows what is queued.</summary>
    public bool EndDue;

    /// <summary>FIN has been sent.</summary>
    public bool Ended;

    /// <summary>FIN has arrived.</summary>
    public bool RemoteEnded;

    /// <summary>The other side has taken the stream that this side opened.</summary>
    public bool Acknowledged;

    /// <summary>This side has sent something on a stream that the other opened.</summary>
    public bool Answered;

    /// <summary>It stands in the queue of those with something to send.</summary>
    public bool IsReady;

    /// <summary>Reset by either side, or ended on both: nothing more is sent or taken.</summary>
    public bool IsGone;
}
