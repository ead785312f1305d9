using System.Globalization;
using System.Text;
using Libp2p.Protocols.Gossipsub.Score;

namespace Libp2p.Tests.Protocols.Gossipsub.Score;

/// <summary>A score that is told things at a time of the test's choosing, and the weights by which a hand can compute.</summary>
internal sealed class ScoreSteps
{
    public const string Topic = "room";

    public ScoreSteps(Action<PeerScoreOptions>? configure = null)
    {
        Options = Bare();
        configure?.Invoke(Options);
        Options.Validate();
        Score = new PeerScore(Options, TimeSpan.Zero);
    }

    public PeerScoreOptions Options { get; }

    public PeerScore Score { get; }

    public TimeSpan Now { get; private set; }

    /// <summary>No part counts until a test gives it a weight; counters halve each second.</summary>
    public static PeerScoreOptions Bare() => new()
    {
        TopicScoreCap = 0,
        ColocationWeight = 0,
        BehaviourWeight = 0,
        BehaviourThreshold = 0,
        BehaviourDecay = 0.5,
        DefaultTopic = new TopicScoreOptions
        {
            TimeInMeshWeight = 0,
            FirstDeliveriesWeight = 0,
            FirstDeliveriesDecay = 0.5,
            MeshDeliveriesDecay = 0.5,
            MeshFailuresDecay = 0.5,
            InvalidMessagesWeight = 0,
            InvalidMessagesDecay = 0.5,
        },
    };

    public static PeerId Peer(int number)
    {
        // The multihash of a key's SHA-256: any 32 bytes will do.
        var bytes = new byte[34];
        (bytes[0], bytes[1]) = (0x12, 32);
        BitConverter.TryWriteBytes(bytes.AsSpan(2), number);
        Assert.True(PeerId.TryDecode(bytes, out var peer));
        return peer;
    }

    public static PubsubMessageId Message(int number) => new(Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)));

    public static AddressKey Address(int number) => new((ulong)number, false);

    /// <summary>Lets so many seconds pass, with a refresh at the end of each.</summary>
    public void Pass(int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            Now += TimeSpan.FromSeconds(1);
            Score.Refresh(Now);
        }
    }

    /// <summary>Lets a moment pass, too short for a refresh.</summary>
    public void Wait(int milliseconds) => Now += TimeSpan.FromMilliseconds(milliseconds);

    public PeerId Connect(int number, AddressKey? address = null)
    {
        Score.AddPeer(Peer(number), address);
        return Peer(number);
    }

    public void Graft(PeerId peer) => Score.Graft(peer, Topic, Now);

    /// <summary>The peer delivers a good message, the first to do so.</summary>
    public PubsubMessageId Deliver(PeerId peer, int message)
    {
        var id = Message(message);
        Score.ValidateMessage(id, Now);
        Score.DeliverMessage(peer, Topic, id, Now);
        return id;
    }

    /// <summary>The peer delivers a message that turns out invalid.</summary>
    public PubsubMessageId Reject(PeerId peer, int message)
    {
        var id = Message(message);
        Score.ValidateMessage(id, Now);
        Score.RejectMessage(peer, Topic, id, Now);
        return id;
    }

    public void Repeat(PeerId peer, PubsubMessageId id) => Score.DuplicateMessage(peer, Topic, id, Now);

    public void AssertScore(double expected, PeerId peer) => Assert.Equal(expected, Score.Score(peer), 9);
}
