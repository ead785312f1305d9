using System.Buffers.Binary;
using Libp2p.Protocols.Gossipsub;

namespace Libp2p.Simulation.Tests.Gossip;

/// <summary>
/// A node that takes part in meshes like any other and passes nothing on. What the kinds below do, they do beside that, every
/// second, to all whom they are connected to.
/// </summary>
class SilentNode(GossipNetwork network, int index, AddressKey address) : GossipNode(network, index, address)
{
    public override bool IsHostile => true;

    protected override void Forward(GossipEnd end, GossipMessage message)
    {
    }

    /// <summary>Does harm; called every second.</summary>
    public virtual void Attack()
    {
    }

    protected void Everyone(Action<GossipEnd> act)
    {
        foreach (var end in Ends.ToList())
            act(end);
    }
}

/// <summary>Says that it has messages which nobody has: in more parts than are taken, each of more ids than a heartbeat needs.</summary>
sealed class IHaveFlooder(GossipNetwork network, int index, AddressKey address) : SilentNode(network, index, address)
{
    ulong _number;

    public override void Attack() => Everyone(end =>
    {
        for (var part = 0; part < 12; part++)
        {
            var content = new RpcContent();
            List<PubsubMessageId> ids = [];
            for (var i = 0; i < 10; i++)
            {
                var id = new byte[24];
                BinaryPrimitives.WriteUInt64BigEndian(id, (ulong)Index);
                BinaryPrimitives.WriteUInt64BigEndian(id.AsSpan(16), _number++);
                ids.Add(new(id));
            }
            content.IHave.Add(new(GossipNetwork.Topic, ids));
            SendControl(end, content);
        }
    });
}

/// <summary>Grafts again and again, whatever it was told.</summary>
sealed class GraftFlooder(GossipNetwork network, int index, AddressKey address) : SilentNode(network, index, address)
{
    public override void Attack() => Everyone(end =>
    {
        var content = new RpcContent();
        content.Graft.Add(GossipNetwork.Topic);
        SendControl(end, content);
    });
}

/// <summary>Sends messages that every validator rejects.</summary>
sealed class InvalidSpammer(GossipNetwork network, int index, AddressKey address) : SilentNode(network, index, address)
{
    public override void Attack()
    {
        var message = Network.CreateMessage(this, isInvalid: true);
        Everyone(end => SendMessage(end, message));
    }
}

/// <summary>One of many behind one address, all of them silent, who gather around few victims.</summary>
sealed class Sybil(GossipNetwork network, int index, AddressKey address) : SilentNode(network, index, address);
