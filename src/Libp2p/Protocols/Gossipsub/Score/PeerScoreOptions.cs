using System.Net;

namespace Libp2p.Protocols.Gossipsub.Score;

/// <summary>
/// How peers are scored, and what follows from a score (gossipsub v1.1, "Peer Scoring"). A weight is points for each unit of what
/// it weighs; a decay is the factor by which a counter shrinks every <see cref="DecayInterval"/>.
/// </summary>
public sealed class PeerScoreOptions
{
    /// <summary>What topics count that are not in <see cref="Topics"/>; null where these are not scored. Default: the weights for rooms.</summary>
    public TopicScoreOptions? DefaultTopic { get; set; } = new();

    /// <summary>What single topics count, by name. Default none.</summary>
    public IDictionary<string, TopicScoreOptions> Topics { get; } = new Dictionary<string, TopicScoreOptions>(StringComparer.Ordinal);

    /// <summary>The most points that all topics together may give; 0 for no cap. Default 60.</summary>
    public double TopicScoreCap { get; set; } = 60;

    /// <summary>
    /// P5: what the application thinks of a peer, in units of its own. It is asked when the peer connects and every
    /// <see cref="DecayInterval"/>, must be quick and must not throw; what is not finite counts as 0. Default none.
    /// </summary>
    public Func<PeerId, double>? ApplicationScore { get; set; }

    /// <summary>P5: points a unit of <see cref="ApplicationScore"/>, not negative. Default 1.</summary>
    public double ApplicationWeight { get; set; } = 1;

    /// <summary>P6: points for the square of the peers at one address beyond <see cref="ColocationThreshold"/>, not positive. Default −10.</summary>
    public double ColocationWeight { get; set; } = -10;

    /// <summary>P6: the peers that one IPv4 address or one IPv6 /56 may have without harm. Default 4.</summary>
    public int ColocationThreshold { get; set; } = 4;

    /// <summary>
    /// P6: networks whose peers are not counted, such as an office behind one address. Of IPv6, a network narrower than a /56
    /// exempts the whole /56 that it lies in. Default none.
    /// </summary>
    public IList<IPNetwork> ColocationAllowList { get; } = [];

    /// <summary>P7: points for the square of the penalties beyond <see cref="BehaviourThreshold"/>, not positive. Default −10.</summary>
    public double BehaviourWeight { get; set; } = -10;

    /// <summary>P7: the penalties that do no harm. Default 2.</summary>
    public double BehaviourThreshold { get; set; } = 2;

    /// <summary>P7: the decay of penalties, above 0 and below 1. Default: one is forgotten after 10 min.</summary>
    public double BehaviourDecay { get; set; } = DecayOver(TimeSpan.FromMinutes(10));

    /// <summary>How often counters decay, at least 1 s. Default 1 s.</summary>
    public TimeSpan DecayInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Below it a counter that has decayed is 0; above 0 and below 1. Default 0.01.</summary>
    public double DecayToZero { get; set; } = 0.01;

    /// <summary>How long what speaks against a peer is remembered after it has left; zero for not at all. Default 1 h.</summary>
    public TimeSpan Retention { get; set; } = TimeSpan.FromHours(1);

    /// <summary>The most peers that are remembered after they have left; beyond it the one that left first is forgotten. Default 10,000.</summary>
    public int MaxRetained { get; set; } = 10_000;

    /// <summary>How long it is remembered who delivered a message. Default 120 s, as long as the message counts as seen.</summary>
    public TimeSpan DeliveryLifetime { get; set; } = TimeSpan.FromSeconds(120);

    /// <summary>The most messages of which that is remembered; beyond it the oldest is forgotten. Default 65,536.</summary>
    public int MaxDeliveries { get; set; } = 65_536;

    /// <summary>Below it no gossip goes to a peer, and none is taken from it; not positive. Default −10.</summary>
    public double GossipThreshold { get; set; } = -10;

    /// <summary>Below it own messages are not sent to a peer; at most <see cref="GossipThreshold"/>. Default −50.</summary>
    public double PublishThreshold { get; set; } = -50;

    /// <summary>Below it nothing is taken from a peer; at most <see cref="PublishThreshold"/>. Default −80.</summary>
    public double GraylistThreshold { get; set; } = -80;

    /// <summary>Below it the peers that a peer names are not taken (peer exchange); not negative. Default 10.</summary>
    public double AcceptPeerExchangeThreshold { get; set; } = 10;

    /// <summary>Below it, where it is the median of a mesh, better peers are grafted; not negative. Default 20.</summary>
    public double OpportunisticGraftThreshold { get; set; } = 20;

    /// <summary>The decay with which a counter of 1 is below <see cref="DecayToZero"/> after so long, at the default interval and bound.</summary>
    /// <param name="time">Longer than the interval of 1 s.</param>
    public static double DecayOver(TimeSpan time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.FromSeconds(1));
        return Math.Pow(0.01, 1 / time.TotalSeconds);
    }

    /// <summary>Throws where values are out of range or contradict each other.</summary>
    /// <exception cref="ArgumentOutOfRangeException">With the option's name.</exception>
    public void Validate()
    {
        DefaultTopic?.Validate();
        foreach (var topic in Topics.Values)
            topic.Validate();
        ScoreRange.ThrowIfNotReward(TopicScoreCap, nameof(TopicScoreCap));
        ScoreRange.ThrowIfNotReward(ApplicationWeight, nameof(ApplicationWeight));
        ScoreRange.ThrowIfNotPenalty(ColocationWeight, nameof(ColocationWeight));
        ArgumentOutOfRangeException.ThrowIfLessThan(ColocationThreshold, 1);
        ScoreRange.ThrowIfNotPenalty(BehaviourWeight, nameof(BehaviourWeight));
        ScoreRange.ThrowIfNotReward(BehaviourThreshold, nameof(BehaviourThreshold));
        ScoreRange.ThrowIfNotFraction(BehaviourDecay, nameof(BehaviourDecay));
        ScoreRange.ThrowIfNotBetween(DecayInterval, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), nameof(DecayInterval));
        ScoreRange.ThrowIfNotFraction(DecayToZero, nameof(DecayToZero));
        ScoreRange.ThrowIfNotBetween(Retention, TimeSpan.Zero, TimeSpan.FromDays(365), nameof(Retention));
        ArgumentOutOfRangeException.ThrowIfNegative(MaxRetained);
        ScoreRange.ThrowIfNotBetween(DeliveryLifetime, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), nameof(DeliveryLifetime));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxDeliveries);
        ScoreRange.ThrowIfNotPenalty(GossipThreshold, nameof(GossipThreshold));
        ScoreRange.ThrowIfNotPenalty(PublishThreshold, nameof(PublishThreshold));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(PublishThreshold, GossipThreshold);
        ScoreRange.ThrowIfNotPenalty(GraylistThreshold, nameof(GraylistThreshold));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(GraylistThreshold, PublishThreshold);
        ScoreRange.ThrowIfNotReward(AcceptPeerExchangeThreshold, nameof(AcceptPeerExchangeThreshold));
        ScoreRange.ThrowIfNotReward(OpportunisticGraftThreshold, nameof(OpportunisticGraftThreshold));
    }

    /// <summary>What a topic counts; null where it is not scored.</summary>
    internal TopicScoreOptions? For(string topic) => Topics.TryGetValue(topic, out var options) ? options : DefaultTopic;
}
