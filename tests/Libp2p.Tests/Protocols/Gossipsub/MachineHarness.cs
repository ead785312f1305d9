using Libp2p.Protocols.Gossipsub;

namespace Libp2p.Tests.Protocols.Gossipsub;

/// <summary>One machine and the peers that a test plays: tells it what they do, and remembers what it wants done.</summary>
internal sealed class MachineHarness
{
    public const string Topic = "topic";

    private readonly Dictionary<int, PeerId> _peers = [];
    private ulong _number;

    public MachineHarness(Action<GossipsubOptions>? configure = null)
    {
        Options = new GossipsubOptions();
        configure?.Invoke(Options);
        Options.Validate();
        Machine = new GossipsubMachine(Options, Self, new PeerSampler(new Random(7)), TimeSpan.Zero);
    }

    public PeerId Self { get; } = Id(0);

    public GossipsubOptions Options { get; }

    public GossipsubMachine Machine { get; }

    public TimeSpan Now { get; private set; }

    /// <summary>What the machine wanted done since the last <see cref="Clear"/>.</summary>
    public List<GossipsubEffect> Effects { get; } = [];

    public PeerId Peer(int number) => _peers.TryGetValue(number, out var peer) ? peer : _peers[number] = Id(number);

    public static PeerId Id(int number)
    {
        byte[] bytes = [0x12, 32, .. new byte[32]];
        BitConverter.TryWriteBytes(bytes.AsSpan(2), number);
        return PeerId.TryDecode(bytes, out var peer) ? peer : throw new InvalidOperationException();
    }

    public void Do(GossipsubInput input)
    {
        Machine.Advance(input, Now);
        Drain();
    }

    /// <summary>Adds peers that are subscribed to the topic.</summary>
    public void AddPeers(int first, int count, GossipsubVersion version = GossipsubVersion.V12, bool isOutbound = false, PubsubPeerKind kind = PubsubPeerKind.Specified)
    {
        for (var i = first; i < first + count; i++)
        {
            Do(new GossipsubInput.PeerAdded(Peer(i), version, isOutbound, null, i));
            Do(new GossipsubInput.PeerIdentified(Peer(i), kind, ReadOnlyMemory<byte>.Empty));
            Receive(i, c => c.Subscriptions.Add(new(Topic, true)));
        }
    }

    public void Join() => Do(new GossipsubInput.Joined(Topic));

    public void Receive(int peer, Action<RpcContent> fill)
    {
        var content = new RpcContent();
        fill(content);
        Do(new GossipsubInput.RpcReceived(Peer(peer), content));
    }

    public GossipMessage Message(int author = 900, int length = 4, string topic = Topic)
    {
        var fields = new MessageFields { From = Peer(author).Span, Data = new byte[length], HasData = true, SequenceNumber = BigEndian(++_number), Topic = System.Text.Encoding.UTF8.GetBytes(topic), TopicCount = 1 };
        return MessageSignature.Make(fields, topic, Peer(author), MessageSignature.FormId(Options.FunctionFor(topic, PubsubPeerKind.Specified)!, fields, topic, Peer(author)));
    }

    /// <summary>A peer sends a message; it is checked, and judged where that is asked.</summary>
    /// <returns>Whether it was new.</returns>
    public bool Receive(int peer, GossipMessage message, PubsubVerdict verdict = PubsubVerdict.Accept)
    {
        if (!Machine.IsNew(Peer(peer), message.Topic, message.Id, MessageSignatureTests.Body(message), Now))
            return false;
        Machine.Begin(message);
        Do(new GossipsubInput.MessageVerified(Peer(peer), message));
        if (Effects.OfType<GossipsubEffect.JudgeMessage>().Any(j => j.Message == message))
            Do(new GossipsubInput.MessageJudged(Peer(peer), message, verdict));
        return true;
    }

    /// <summary>Lets time pass, a heartbeat at a time.</summary>
    public void Pass(TimeSpan time)
    {
        for (var end = Now + time; Now < end;)
        {
            Now = Machine.Deadline is { } due && due < end ? due : end;
            Machine.Elapse(Now);
            Drain();
        }
    }

    public void Clear() => Effects.Clear();

    public IEnumerable<int> Grafted() => Sent(c => c.Graft.Contains(Topic));

    public IEnumerable<int> Pruned() => Sent(c => c.Prune.Any(p => p.Topic == Topic));

    /// <summary>The peers that were sent control that a condition holds for.</summary>
    public IEnumerable<int> Sent(Func<RpcContent, bool> condition) =>
        Effects.OfType<GossipsubEffect.SendControl>().Where(s => condition(s.Content)).Select(s => (int)s.Peer.Tag!);

    public IEnumerable<RpcContent> SentTo(int peer) => Effects.OfType<GossipsubEffect.SendControl>().Where(s => (int)s.Peer.Tag! == peer).Select(s => s.Content);

    public IEnumerable<int> Recipients(GossipMessage message) =>
        Effects.OfType<GossipsubEffect.SendMessage>().Where(s => s.Message.Id == message.Id && s.Message.Part.Span.SequenceEqual(message.Part.Span)).Select(s => (int)s.Peer.Tag!);

    public double Score(int peer) => Machine.Describe().Peers.Single(p => p.Peer == Peer(peer)).Score.Score;

    public IReadOnlyList<int> Mesh() =>
        [.. Machine.Describe().Topics.Single(t => t.Name == Topic).Mesh.Select(p => _peers.Single(known => known.Value == p).Key)];

    private static byte[] BigEndian(ulong number)
    {
        var bytes = BitConverter.GetBytes(number);
        Array.Reverse(bytes);
        return bytes;
    }

    private void Drain()
    {
        while (Machine.TryTake(out var effect))
            Effects.Add(effect);
    }
}
