namespace Libp2p.Protocols.Gossipsub.Score;

/// <summary>What a peer did in one topic. Pure; told the time.</summary>
internal sealed class ScoredTopic(TopicScoreOptions options)
{
    private TimeSpan _graftedAt;
    private TimeSpan _meshTime;
    private double _firstDeliveries;
    private double _meshDeliveries;
    private double _meshFailures;
    private double _invalidMessages;

    // Only once the peer was long enough in the mesh may it be blamed for having delivered little.
    private bool _isMeasured;

    /// <summary>Whether the peer is in the topic's mesh.</summary>
    public bool InMesh { get; private set; }

    /// <summary>Nothing is left that counts.</summary>
    public bool IsSpent => !InMesh && _firstDeliveries == 0 && _meshDeliveries == 0 && !HasMisdeeds;

    /// <summary>Something speaks against the peer.</summary>
    public bool HasMisdeeds => _meshFailures != 0 || _invalidMessages != 0;

    /// <summary>How long a copy still counts as a delivery after the message was found good.</summary>
    public TimeSpan Window => options.MeshDeliveriesWindow;

    /// <summary>What all of it gives, in points.</summary>
    public double Score => TimeInMesh + FirstDeliveries + MeshDeliveries + MeshFailures + InvalidMessages;

    private double TimeInMesh =>
        InMesh ? Weigh(options.TimeInMeshWeight, Math.Min(_meshTime.Ticks / options.TimeInMeshQuantum.Ticks, options.TimeInMeshCap)) : 0;

    private double FirstDeliveries => Weigh(options.FirstDeliveriesWeight, _firstDeliveries);

    private double MeshDeliveries => Weigh(options.MeshDeliveriesWeight, SquaredDeficit);

    private double MeshFailures => Weigh(options.MeshFailuresWeight, _meshFailures);

    private double InvalidMessages => Weigh(options.InvalidMessagesWeight, _invalidMessages * _invalidMessages);

    private double SquaredDeficit
    {
        get
        {
            var deficit = options.MeshDeliveriesThreshold - _meshDeliveries;
            return InMesh && _isMeasured && deficit > 0 ? deficit * deficit : 0;
        }
    }

    /// <summary>The peer came into the mesh.</summary>
    public void Graft(TimeSpan now)
    {
        if (InMesh)
            return;
        (InMesh, _isMeasured, _graftedAt, _meshTime) = (true, false, now, TimeSpan.Zero);
    }

    /// <summary>The peer left the mesh: what it was blamed for stays with it.</summary>
    public void Prune()
    {
        // Where failures do not count they are no misdeeds either, or whoever was quiet in the mesh were remembered for nothing.
        if (options.MeshFailuresWeight != 0)
            _meshFailures += SquaredDeficit;
        InMesh = false;
    }

    /// <summary>The peer left: what spoke for it is forgotten, what speaks against it is not.</summary>
    public void Leave()
    {
        Prune();
        _firstDeliveries = 0;
        _meshDeliveries = 0;
    }

    /// <summary>The peer was the first to deliver a good message.</summary>
    public void AddFirstDelivery()
    {
        _firstDeliveries = Math.Min(_firstDeliveries + 1, options.FirstDeliveriesCap);
        AddMeshDelivery();
    }

    /// <summary>The peer delivered a good message soon enough.</summary>
    public void AddMeshDelivery()
    {
        if (InMesh)
            _meshDeliveries = Math.Min(_meshDeliveries + 1, options.MeshDeliveriesCap);
    }

    /// <summary>The peer delivered an invalid message.</summary>
    public void AddInvalidMessage() => _invalidMessages++;

    /// <summary>Lets the counters decay so many times.</summary>
    public void Refresh(TimeSpan now, int decays, double toZero)
    {
        _firstDeliveries = Decay(_firstDeliveries, options.FirstDeliveriesDecay, decays, toZero);
        _meshDeliveries = Decay(_meshDeliveries, options.MeshDeliveriesDecay, decays, toZero);
        _meshFailures = Decay(_meshFailures, options.MeshFailuresDecay, decays, toZero);
        _invalidMessages = Decay(_invalidMessages, options.InvalidMessagesDecay, decays, toZero);
        if (!InMesh)
            return;
        _meshTime = now - _graftedAt;
        _isMeasured |= _meshTime > options.MeshDeliveriesActivation;
    }

    /// <summary>The parts of the score.</summary>
    public TopicScoreSnapshot Describe(string topic) =>
        new(topic, InMesh, TimeInMesh, FirstDeliveries, MeshDeliveries, MeshFailures, InvalidMessages);

    /// <summary>A counter after so many decays.</summary>
    public static double Decay(double counter, double factor, int times, double toZero)
    {
        if (counter == 0)
            return 0;
        counter *= times == 1 ? factor : Math.Pow(factor, times);
        return counter < toZero ? 0 : counter;
    }

    // Not −0, which a weight below zero makes of nothing.
    private double Weigh(double weight, double value) => value == 0 ? 0 : options.TopicWeight * weight * value;
}
