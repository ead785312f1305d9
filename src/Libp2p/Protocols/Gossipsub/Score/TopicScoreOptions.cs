namespace Libp2p.Protocols.Gossipsub.Score;

/// <summary>
/// What a peer's doings in one topic count (gossipsub v1.1, "The Score Function", P1 to P4). The defaults are for rooms in which
/// people talk: how much is said there nobody knows beforehand, so nobody is punished for having delivered little.
/// </summary>
public sealed class TopicScoreOptions
{
    /// <summary>What the topic counts among all, not negative. Default 1.</summary>
    public double TopicWeight { get; set; } = 1;

    /// <summary>P1: points for each <see cref="TimeInMeshQuantum"/> in the mesh, not negative. Default 0.05.</summary>
    public double TimeInMeshWeight { get; set; } = 0.05;

    /// <summary>P1: the unit of time in the mesh, above zero. Default 10 s.</summary>
    public TimeSpan TimeInMeshQuantum { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>P1: the most units that count. Default 60.</summary>
    public double TimeInMeshCap { get; set; } = 60;

    /// <summary>P2: points for each message that the peer delivered first, not negative. Default 1.</summary>
    public double FirstDeliveriesWeight { get; set; } = 1;

    /// <summary>P2: the decay of that count, above 0 and below 1. Default: one message is forgotten after 10 min.</summary>
    public double FirstDeliveriesDecay { get; set; } = PeerScoreOptions.DecayOver(TimeSpan.FromMinutes(10));

    /// <summary>P2: the most messages that count. Default 50.</summary>
    public double FirstDeliveriesCap { get; set; } = 50;

    /// <summary>P3: points for the square of the messages that a mesh peer delivered too few, not positive. Default 0: off.</summary>
    public double MeshDeliveriesWeight { get; set; }

    /// <summary>P3: the decay of a mesh peer's messages, above 0 and below 1. Default: one message is forgotten after 1 min.</summary>
    public double MeshDeliveriesDecay { get; set; } = PeerScoreOptions.DecayOver(TimeSpan.FromMinutes(1));

    /// <summary>P3: the most messages that count, at least <see cref="MeshDeliveriesThreshold"/>. Default 20.</summary>
    public double MeshDeliveriesCap { get; set; } = 20;

    /// <summary>P3: how many messages are enough, the decay taken into account. Default 4.</summary>
    public double MeshDeliveriesThreshold { get; set; } = 4;

    /// <summary>P3: how long after a message was found good another copy still counts as a delivery. Default 10 ms.</summary>
    public TimeSpan MeshDeliveriesWindow { get; set; } = TimeSpan.FromMilliseconds(10);

    /// <summary>P3: how long a peer is in the mesh before it can be punished, at least 1 s. Default 30 s.</summary>
    public TimeSpan MeshDeliveriesActivation { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>P3b: points for each square of P3 with which the peer left a mesh, not positive. Default 0: off.</summary>
    public double MeshFailuresWeight { get; set; }

    /// <summary>P3b: the decay of these, above 0 and below 1. Default: one is forgotten after 10 min.</summary>
    public double MeshFailuresDecay { get; set; } = PeerScoreOptions.DecayOver(TimeSpan.FromMinutes(10));

    /// <summary>P4: points for the square of the invalid messages that the peer delivered, not positive. Default −20.</summary>
    public double InvalidMessagesWeight { get; set; } = -20;

    /// <summary>P4: the decay of that count, above 0 and below 1. Default: one message is forgotten after 1 h.</summary>
    public double InvalidMessagesDecay { get; set; } = PeerScoreOptions.DecayOver(TimeSpan.FromHours(1));

    /// <summary>Whether it matters how much a mesh peer delivers.</summary>
    internal bool MeasuresMeshDeliveries => MeshDeliveriesWeight != 0 || MeshFailuresWeight != 0;

    /// <summary>Throws where values are out of range or contradict each other.</summary>
    /// <exception cref="ArgumentOutOfRangeException">With the option's name.</exception>
    public void Validate()
    {
        ScoreRange.ThrowIfNotReward(TopicWeight, nameof(TopicWeight));
        ScoreRange.ThrowIfNotReward(TimeInMeshWeight, nameof(TimeInMeshWeight));
        ScoreRange.ThrowIfNotBetween(TimeInMeshQuantum, TimeSpan.FromMilliseconds(1), TimeSpan.FromDays(365), nameof(TimeInMeshQuantum));
        ScoreRange.ThrowIfNotReward(TimeInMeshCap, nameof(TimeInMeshCap));
        ScoreRange.ThrowIfNotReward(FirstDeliveriesWeight, nameof(FirstDeliveriesWeight));
        ScoreRange.ThrowIfNotFraction(FirstDeliveriesDecay, nameof(FirstDeliveriesDecay));
        ScoreRange.ThrowIfNotReward(FirstDeliveriesCap, nameof(FirstDeliveriesCap));
        ScoreRange.ThrowIfNotPenalty(MeshDeliveriesWeight, nameof(MeshDeliveriesWeight));
        ScoreRange.ThrowIfNotFraction(MeshDeliveriesDecay, nameof(MeshDeliveriesDecay));
        ScoreRange.ThrowIfNotReward(MeshDeliveriesThreshold, nameof(MeshDeliveriesThreshold));
        ScoreRange.ThrowIfNotReward(MeshDeliveriesCap, nameof(MeshDeliveriesCap));
        ArgumentOutOfRangeException.ThrowIfLessThan(MeshDeliveriesCap, MeshDeliveriesThreshold);
        ScoreRange.ThrowIfNotBetween(MeshDeliveriesWindow, TimeSpan.Zero, TimeSpan.FromMinutes(1), nameof(MeshDeliveriesWindow));
        ScoreRange.ThrowIfNotBetween(MeshDeliveriesActivation, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1), nameof(MeshDeliveriesActivation));
        ScoreRange.ThrowIfNotPenalty(MeshFailuresWeight, nameof(MeshFailuresWeight));
        ScoreRange.ThrowIfNotFraction(MeshFailuresDecay, nameof(MeshFailuresDecay));
        ScoreRange.ThrowIfNotPenalty(InvalidMessagesWeight, nameof(InvalidMessagesWeight));
        ScoreRange.ThrowIfNotFraction(InvalidMessagesDecay, nameof(InvalidMessagesDecay));
    }
}
