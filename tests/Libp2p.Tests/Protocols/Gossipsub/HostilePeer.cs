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
    private PeerStream? _stream;

    private HostilePeer(Libp2pNode node)
    {
        _node = node;
        node.Handle(Protocol, HearAsync);
    }

    public Identity Identity => _node.Identity;

    public PeerId Peer => _node.Identity.PeerId;

    public Libp2pNode Node => _node;

    public static async Task<HostilePeer> ConnectAsync(TestNodes nodes, Libp2pNode victim)
    {
        var peer = new HostilePeer(await nodes.StartAsync());
        await peer._node.DialAsync(victim);
        await peer.OpenAsync(victim.Identity.PeerId);
        return peer;
    }

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
        while (await LengthPrefixed.ReadAsync(stream.Input, GossipsubOptions.MaxRpcLength, cancellationToken) is { } rpc)
        {
            var content = new RpcContent();
            RpcCodec.Read(rpc, [], content);
            _heard.Writer.TryWrite(content);
        }
    }
}
