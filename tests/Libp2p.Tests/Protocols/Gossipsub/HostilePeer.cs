using System.Threading.Channels;
using Libp2p.Protocols.Gossipsub;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Protocols.Gossipsub;

/// <summary>A peer that takes part in the streams of gossipsub and says on them whatever a test wants.</summary>
internal sealed class HostilePeer : IAsyncDisposable
{
    public static readonly ProtocolId Protocol = "/meshsub/1.2.0";

    private readonly Libp2pNode _node;
    private readonly Channel<RpcContent> _heard = Channel.CreateBounded<RpcContent>(1000);
    private readonly TaskCompletionSource _listens = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PeerStream? _stream;
    private int _heardStreams;

    private HostilePeer(Libp2pNode node, bool isDeaf)
    {
        _node = node;
        if (!isDeaf)
            Listen();
        node.Handle(Protocol, HearAsync);
    }

    public Identity Identity => _node.Identity;

    public PeerId Peer => _node.Identity.PeerId;

    public Libp2pNode Node => _node;

    /// <summary>How many streams the victim has opened to it.</summary>
    public int HeardStreams => Volatile.Read(ref _heardStreams);

    /// <summary>Connects, and opens its stream.</summary>
    /// <param name="nodes">The nodes of the test.</param>
    /// <param name="victim">To whom.</param>
    /// <param name="isDeaf">Whether it reads nothing until <see cref="Listen"/>.</param>
    public static async Task<HostilePeer> ConnectAsync(TestNodes nodes, Libp2pNode victim, bool isDeaf = false)
    {
        var peer = new HostilePeer(await nodes.StartAsync(), isDeaf);
        await peer._node.DialAsync(victim);
        await peer.OpenAsync(victim.Identity.PeerId);
        return peer;
    }

    /// <summary>Whether anything came on the stream that it opened itself.</summary>
    public bool IsAnswered => _stream!.Input.TryRead(out var read) && !read.Buffer.IsEmpty;

    /// <summary>Reads what it is sent from here on.</summary>
    public void Listen() => _listens.TrySetResult();

    public async Task OpenAsync(PeerId victim) => _stream = await _node.OpenStreamAsync(victim, Protocol, TestNodes.Patience);

    /// <summary>Sends bytes as they are.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await _stream!.Output.WriteAsync(bytes, TestNodes.Patience);

    /// <summary>Sends an RPC behind its length.</summary>
    public async Task SendRpcAsync(ReadOnlyMemory<byte> rpc) => await LengthPrefixed.WriteAsync(_stream!.Output, rpc, TestNodes.Patience);

    public async Task SendAsync(Action<RpcContent> fill)
    {
        var content = new RpcContent();
        fill(content);
        foreach (var frame in RpcCodec.Write(content))
            await SendAsync(frame);
    }

    /// <summary>The next control that a condition holds for.</summary>
    public async Task<RpcContent> HearAsync(Func<RpcContent, bool> wanted)
    {
        await foreach (var content in _heard.Reader.ReadAllAsync(TestNodes.Patience))
        {
            if (wanted(content))
                return content;
        }
        throw new InvalidOperationException();
    }

    /// <summary>Sends bytes for which the victim ends the stream, be it while they are being sent; completes when it has.</summary>
    public async Task SendUntilEndAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            await SendAsync(bytes);
            await _stream!.Input.ReadAsync(TestNodes.Patience);
        }
        catch (Libp2pException)
        {
            // A reset is an end.
        }
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    private async Task HearAsync(PeerStream stream, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _heardStreams);
        await _listens.Task.WaitAsync(cancellationToken);
        while (await LengthPrefixed.ReadAsync(stream.Input, GossipsubOptions.MaxRpcLength, cancellationToken) is { } rpc)
        {
            var content = new RpcContent();
            RpcCodec.Read(rpc, [], content);
            _heard.Writer.TryWrite(content);
        }
    }
}
