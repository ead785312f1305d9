using System.Buffers;
using System.Text;
using System.Threading.Channels;

namespace Libp2p.Interop.Tests.Nodes;

/// <summary>What our node serves in these tests: the same protocols, under the same names, as the real peer.</summary>
public sealed class TestProtocols
{
    /// <summary>Direct messages of the workshop.</summary>
    public static readonly ProtocolId Chat = "/libp2p/chat/1.0.0";

    /// <summary>Sends everything back.</summary>
    public static readonly ProtocolId Echo = "/echo/1.0.0";

    /// <summary>Reads everything.</summary>
    public static readonly ProtocolId Discard = "/test/discard/1.0.0";

    /// <summary>Resets on the first bytes.</summary>
    public static readonly ProtocolId ResetAtOnce = "/test/reset/1.0.0";

    /// <summary>Reads when told.</summary>
    public static readonly ProtocolId SlowReader = "/test/slow-reader/1.0.0";

    /// <summary>Ends its own side before it reads (ours alone).</summary>
    public static readonly ProtocolId EndFirst = "/test/end-first/1.0.0";

    readonly string? _reply;
    readonly Channel<string> _messages = Bounded<string>();
    readonly Channel<long> _discarded = Bounded<long>();
    readonly Channel<Libp2pException> _failures = Bounded<Libp2pException>();
    readonly Channel<SlowStream> _slow = Bounded<SlowStream>();

    /// <summary>Adds them to a node.</summary>
    public TestProtocols(INode node, string? reply)
    {
        _reply = reply;
        Handle(node, Chat, ChatAsync);
        Handle(node, Echo, EchoAsync);
        Handle(node, Discard, DiscardAsync);
        Handle(node, ResetAtOnce, ResetAsync);
        Handle(node, SlowReader, ReadSlowlyAsync);
        Handle(node, EndFirst, EndFirstAsync);
    }

    /// <summary>Streams whose handler has begun.</summary>
    public int Served => Volatile.Read(ref _served);

    int _served;

    /// <summary>The next direct message.</summary>
    public ValueTask<string> MessageAsync(CancellationToken cancellationToken) => _messages.Reader.ReadAsync(cancellationToken);

    /// <summary>How many bytes the next stream to be read to its end had.</summary>
    public ValueTask<long> DiscardedAsync(CancellationToken cancellationToken) => _discarded.Reader.ReadAsync(cancellationToken);

    /// <summary>The next failure that ended a handler.</summary>
    public ValueTask<Libp2pException> FailureAsync(CancellationToken cancellationToken) => _failures.Reader.ReadAsync(cancellationToken);

    /// <summary>The next stream that waits to be read.</summary>
    public ValueTask<SlowStream> SlowStreamAsync(CancellationToken cancellationToken) => _slow.Reader.ReadAsync(cancellationToken);

    static Channel<T> Bounded<T>() => Channel.CreateBounded<T>(1_000);

    void Handle(INode node, ProtocolId protocol, Func<PeerStream, CancellationToken, Task> handler) => node.Handle(protocol, async (stream, cancellationToken) =>
    {
        Interlocked.Increment(ref _served);
        try
        {
            await handler(stream, cancellationToken);
        }
        catch (Libp2pException e)
        {
            await _failures.Writer.WriteAsync(e, cancellationToken);
            throw;
        }
    });

    async Task ChatAsync(PeerStream stream, CancellationToken cancellationToken)
    {
        await _messages.Writer.WriteAsync(Encoding.UTF8.GetString(await stream.ReadToEndAsync(cancellationToken)), cancellationToken);
        if (_reply is not null)
            await stream.Output.WriteAsync(Encoding.UTF8.GetBytes(_reply), cancellationToken);
    }

    static Task EchoAsync(PeerStream stream, CancellationToken cancellationToken) => stream.Input.CopyToAsync(stream.Output, cancellationToken);

    async Task DiscardAsync(PeerStream stream, CancellationToken cancellationToken) =>
        await _discarded.Writer.WriteAsync(await stream.CountToEndAsync(cancellationToken), cancellationToken);

    static async Task ResetAsync(PeerStream stream, CancellationToken cancellationToken)
    {
        await stream.Input.ReadAsync(cancellationToken);
        stream.Reset();
    }

    async Task ReadSlowlyAsync(PeerStream stream, CancellationToken cancellationToken)
    {
        var slow = new SlowStream(stream);
        await _slow.Writer.WriteAsync(slow, cancellationToken);
        await slow.Finished.WaitAsync(cancellationToken);
    }

    async Task EndFirstAsync(PeerStream stream, CancellationToken cancellationToken)
    {
        await stream.CloseWriteAsync();
        await DiscardAsync(stream, cancellationToken);
    }
}
