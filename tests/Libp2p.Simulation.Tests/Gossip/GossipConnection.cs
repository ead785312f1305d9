using Libp2p.Testing.Simulation;

namespace Libp2p.Simulation.Tests.Gossip;

/// <summary>A connection between two nodes.</summary>
sealed class GossipConnection(GossipNode dialer, GossipNode listener, TimeSpan latency)
{
    public GossipNode Dialer { get; } = dialer;

    public GossipNode Listener { get; } = listener;

    public GossipEnd DialerEnd { get; } = new(dialer, listener, latency, isOutbound: true);

    public GossipEnd ListenerEnd { get; } = new(listener, dialer, latency, isOutbound: false);

    public bool IsOpen { get; private set; }

    public void Open()
    {
        (DialerEnd.Far, ListenerEnd.Far) = (ListenerEnd, DialerEnd);
        IsOpen = true;
        Dialer.Connect(DialerEnd);
        Listener.Connect(ListenerEnd);
    }

    /// <summary>Both ends see it at once, and what is under way is lost.</summary>
    public void Cut()
    {
        IsOpen = false;
        DialerEnd.Flow.Close();
        ListenerEnd.Flow.Close();
        Dialer.Disconnect(DialerEnd);
        Listener.Disconnect(ListenerEnd);
    }
}

/// <summary>One node's end of a connection.</summary>
sealed class GossipEnd(GossipNode owner, GossipNode peer, TimeSpan latency, bool isOutbound)
{
    public GossipNode Owner { get; } = owner;

    public GossipNode Peer { get; } = peer;

    public bool IsOutbound { get; } = isOutbound;

    public Uplink.Flow Flow { get; } = owner.Uplink.Open(latency);

    public GossipEnd Far { get; set; } = null!;
}
