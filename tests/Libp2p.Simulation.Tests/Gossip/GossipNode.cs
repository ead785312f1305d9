using Libp2p.Protocols.Gossipsub;
using Libp2p.Testing.Simulation;

namespace Libp2p.Simulation.Tests.Gossip;

/// <summary>A node: the machine of gossipsub, and around it what the service does, without streams, tasks and signatures.</summary>
class GossipNode
{
    // The RPC's length and the header of what it holds.
    const int FrameOverhead = 8;

    readonly GossipNetwork _network;
    readonly Dictionary<PeerId, GossipEnd> _ends = [];
    TimeSpan _wakesAt = TimeSpan.MaxValue;

    public GossipNode(GossipNetwork network, int index, AddressKey address)
    {
        _network = network;
        Index = index;
        Address = address;
        Id = GossipNetwork.PeerOf(index);
        Uplink = new Uplink(network.Queue, network.Scenario.UplinkBytesPerSecond);
        Machine = new GossipsubMachine(network.Options, Id, new PeerSampler(new Random(network.Random.Next())), network.Queue.Now);
    }

    public int Index { get; }

    public PeerId Id { get; }

    public AddressKey Address { get; }

    public Uplink Uplink { get; }

    public GossipsubMachine Machine { get; }

    public IReadOnlyCollection<GossipEnd> Ends => _ends.Values;

    public virtual bool IsHostile => false;

    protected GossipNetwork Network => _network;

    TimeSpan Now => _network.Queue.Now;

    /// <summary>Subscribes; its heart beats from then on.</summary>
    public void Start()
    {
        Advance(new GossipsubInput.Joined(GossipNetwork.Topic));
    }

    public bool IsConnectedTo(GossipNode peer) => _ends.ContainsKey(peer.Id);

    public int CountFrom(AddressKey address) => _ends.Values.Count(e => e.Peer.Address == address);

    public void Connect(GossipEnd end)
    {
        _ends.Add(end.Peer.Id, end);
        Advance(new GossipsubInput.PeerAdded(end.Peer.Id, GossipsubVersion.V12, end.IsOutbound, end.Peer.Address, end));
        Advance(new GossipsubInput.PeerIdentified(end.Peer.Id, PubsubPeerKind.Specified, default));
    }

    public void Disconnect(GossipEnd end)
    {
        _ends.Remove(end.Peer.Id);
        Advance(new GossipsubInput.PeerRemoved(end.Peer.Id, end));
    }

    public void Publish(GossipMessage message) => Advance(new GossipsubInput.Published(message));

    public virtual void Receive(GossipEnd end, RpcContent content)
    {
        _network.Trace(Index, end.Peer.Index, content.Graft.Count, content.Prune.Count, content.IHave.Count, content.IWant.Count, content.IDontWant.Count);
        Advance(new GossipsubInput.RpcReceived(end.Peer.Id, content));
    }

    public virtual void Receive(GossipEnd end, GossipMessage message)
    {
        // As the service does: whoever is on the graylist is not listened to, and what is known is not looked at.
        if (!Machine.Accepts(end.Peer.Id))
            return;
        _network.Report.Arrived(this, message);
        if (!Machine.IsNew(end.Peer.Id, message.Topic, message.Id, message.Part.Span, Now))
            return;
        Machine.Begin(message);
        _network.Queue.After(_network.Scenario.Verification, () => Advance(new GossipsubInput.MessageVerified(end.Peer.Id, message)));
    }

    public void SendControl(GossipEnd end, RpcContent content)
    {
        var length = RpcCodec.Write(content).Sum(f => f.Length);
        if (length > 0)
            end.Flow.Send(length, () => end.Peer.Receive(end.Far, content));
    }

    public void SendMessage(GossipEnd end, GossipMessage message)
    {
        if (end.Flow.WaitingBytes > _network.Options.MaxQueuedBytes)
            _network.Report.Dropped++;
        else
            end.Flow.Send(message.Part.Length + FrameOverhead, () => end.Peer.Receive(end.Far, message), message.Id);
    }

    protected virtual void Forward(GossipEnd end, GossipMessage message) => SendMessage(end, message);

    void Advance(GossipsubInput input)
    {
        Machine.Advance(input, Now);
        Drain();
    }

    /// <summary>Lets time pass whenever the machine wants it, which may be sooner than was said before.</summary>
    void Schedule()
    {
        if (Machine.Deadline is not { } due || due >= _wakesAt)
            return;
        _wakesAt = due;
        _network.Queue.At(due, () =>
        {
            if (_wakesAt != due)
                return;
            _wakesAt = TimeSpan.MaxValue;
            Machine.Elapse(Now);
            Drain();
        });
    }

    void Drain()
    {
        while (Machine.TryTake(out var effect))
        {
            switch (effect)
            {
                case GossipsubEffect.SendMessage send:
                    Forward((GossipEnd)send.Peer.Tag!, send.Message);
                    break;
                case GossipsubEffect.SendControl send:
                    SendControl((GossipEnd)send.Peer.Tag!, send.Content);
                    break;
                case GossipsubEffect.CancelMessage cancel:
                    if (((GossipEnd)cancel.Peer.Tag!).Flow.Cancel(cancel.Id))
                        _network.Report.Cancelled++;
                    break;
                case GossipsubEffect.JudgeMessage judge:
                    var verdict = _network.IsInvalid(judge.Message) ? PubsubVerdict.Reject : PubsubVerdict.Accept;
                    Machine.Advance(new GossipsubInput.MessageJudged(judge.ReceivedFrom, judge.Message, verdict), Now);
                    break;
                case GossipsubEffect.Deliver deliver:
                    _network.Trace(Index, _network.Report.Delivered(this, deliver.Message, Now));
                    break;
            }
        }
        Schedule();
    }
}
