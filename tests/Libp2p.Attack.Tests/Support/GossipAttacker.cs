using Libp2p.Attack.Target;
using Libp2p.Protocols.Gossipsub;

namespace Libp2p.Attack.Tests.Support;

/// <summary>A peer that is subscribed to the room of the target and says on its stream of gossipsub whatever it likes.</summary>
sealed class GossipAttacker : IAsyncDisposable
{
    static readonly ProtocolId Protocol = "/meshsub/1.2.0";

    readonly Libp2pNode _node;
    readonly PeerId _victim;
    PeerStream? _stream;
    long _heard;

    GossipAttacker(Libp2pNode node, PeerId victim)
    {
        _node = node;
        _victim = victim;
    }

    public Identity Identity => _node.Identity;

    /// <summary>Bytes that it was sent.</summary>
    public long Heard => Volatile.Read(ref _heard);

    /// <summary>Comes from an address of its own.</summary>
    /// <param name="field">Where.</param>
    /// <param name="isDeaf">Whether it reads nothing of what it is sent.</param>
    public static async Task<GossipAttacker> ComeAsync(Field field, bool isDeaf = false)
    {
        var node = await field.StartNodeAsync(builder => builder.AddIdentify());
        var attacker = new GossipAttacker(node, field.Victim.Peer);
        node.Handle(Protocol, isDeaf ? (_, stop) => Task.Delay(Timeout.Infinite, stop) : attacker.HearAsync);
        await node.ConnectAsync(field.VictimAddress);
        await attacker.SendAsync(c => c.Subscriptions.Add(new(Traffic.Room, Subscribe: true)));
        return attacker;
    }

    /// <summary>Sends control.</summary>
    /// <returns>False where the victim has ended the stream; the next one is sent on another.</returns>
    public async Task<bool> SendAsync(Action<RpcContent> fill)
    {
        var content = new RpcContent();
        fill(content);
        foreach (var frame in RpcCodec.Write(content))
        {
            if (!await SendBytesAsync(frame))
                return false;
        }
        return true;
    }

    /// <summary>Sends an RPC behind its length.</summary>
    public Task<bool> SendRpcAsync(ReadOnlySpan<byte> rpc)
    {
        var prefix = new byte[Varint.MaxLength];
        return SendBytesAsync((byte[])[.. prefix.AsSpan(0, Varint.Write(prefix, (ulong)rpc.Length)), .. rpc]);
    }

    /// <summary>Sends bytes as they are.</summary>
    public async Task<bool> SendBytesAsync(ReadOnlyMemory<byte> bytes)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        try
        {
            _stream ??= await _node.OpenStreamAsync(_victim, Protocol, patience.Token);
            await _stream.Output.WriteAsync(bytes, patience.Token);
            return true;
        }
        catch (Libp2pException)
        {
            _stream?.Reset();
            _stream = null;
            return false;
        }
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    async Task HearAsync(PeerStream stream, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await stream.Input.ReadAsync(cancellationToken);
            Volatile.Write(ref _heard, _heard + read.Buffer.Length);
            stream.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
                return;
        }
    }
}
