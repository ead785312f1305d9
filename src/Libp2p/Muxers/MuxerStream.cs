using System.Buffers;
using System.IO.Pipelines;

namespace Libp2p.Muxers;

/// <summary>A stream as the application holds it: its two ends, what ends both at once, and what they tell the connection.</summary>
internal abstract class MuxerStream : MuxedStream
{
    /// <summary>Creates both ends.</summary>
    /// <param name="gate">What both ends lock for their buffers: an object that the stream has anyway, so that an idle one needs no other.</param>
    /// <param name="pool">Where their buffers come from.</param>
    protected MuxerStream(object gate, MemoryPool<byte> pool)
    {
        Reader = new MuxerStreamReader(this, gate, pool);
        Writer = new MuxerStreamWriter(this, gate, pool);
    }

    public override PipeReader Input => Reader;

    public override PipeWriter Output => Writer;

    public MuxerStreamReader Reader { get; }

    public MuxerStreamWriter Writer { get; }

    /// <summary>True while the other side has not been told of the stream.</summary>
    public abstract bool IsUnannounced { get; }

    public override void Reset()
    {
        OnReset();
        Fail(new StreamResetException("The stream was reset on this side.", byRemote: false), dropUnread: true);
    }

    public override ValueTask DisposeAsync()
    {
        Writer.Complete();
        Reader.Complete();
        return ValueTask.CompletedTask;
    }

    /// <summary>Ends both directions with a failure, by the connection's decision.</summary>
    public void Fail(Exception failure, bool dropUnread)
    {
        Reader.Fail(failure, dropUnread);
        Writer.Fail(failure);
    }

    /// <summary>The application flushed bytes; with none, it only wants the stream to be known to the other side.</summary>
    public abstract void Queue(int bytes);

    /// <summary>The application ended writing, after some last bytes.</summary>
    public abstract void EndWriting(int bytes);

    /// <summary>The application read bytes, and left some unread.</summary>
    public abstract void Consumed(long bytes, long unread);

    /// <summary>The application reads no more, and dropped what it had not read. What still comes is dropped, for a while.</summary>
    public abstract void EndReading(long dropped);

    /// <summary>Counts memory that unread data holds.</summary>
    public abstract void Charge(long bytes);

    /// <summary>The application reset it: tell the other side.</summary>
    protected abstract void OnReset();
}
