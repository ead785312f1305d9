namespace Libp2p.Protocols.Gossipsub.Score;

/// <summary>What is known of one peer's doings.</summary>
internal sealed class ScoredPeer(PeerId id)
{
    /// <summary>The most topics that count for a peer: as many as it may be subscribed to.</summary>
    public const int MaxTopics = 1024;

    private double _topicScore;
    private bool _hasTopicScore;

    public PeerId Id => id;

    public Dictionary<string, ScoredTopic> Topics { get; } = new(StringComparer.Ordinal);

    /// <summary>Where it connects from.</summary>
    public List<AddressKey> Addresses { get; } = new(1);

    public double Application { get; set; }

    public double Penalties { get; set; }

    /// <summary>Its place among those that have left; null while it is connected.</summary>
    public LinkedListNode<ScoredPeer>? Absence { get; set; }

    /// <summary>When it is forgotten, once it has left.</summary>
    public TimeSpan ForgottenAt { get; set; }

    public bool HasMisdeeds => Penalties != 0 || Topics.Values.Any(t => t.HasMisdeeds);

    /// <summary>The peer's doings in a topic, which are about to change; null where the topic is not scored, or is one too many.</summary>
    public ScoredTopic? GetOrAddTopic(string topic, PeerScoreOptions options)
    {
        _hasTopicScore = false;
        if (Topics.TryGetValue(topic, out var scored))
            return scored;
        if (Topics.Count >= MaxTopics || options.For(topic) is not { } topicOptions)
            return null;
        Topics.Add(topic, scored = new ScoredTopic(topicOptions));
        return scored;
    }

    /// <summary>What all topics give, capped.</summary>
    public double TopicScore(double cap)
    {
        // Asked for far more often than anything changes.
        if (!_hasTopicScore)
        {
            _topicScore = 0;
            foreach (var topic in Topics.Values)
                _topicScore += topic.Score;
            if (cap > 0 && _topicScore > cap)
                _topicScore = cap;
            _hasTopicScore = true;
        }
        return _topicScore;
    }

    /// <summary>Lets the counters decay so many times.</summary>
    public void Refresh(TimeSpan now, int decays, PeerScoreOptions options)
    {
        _hasTopicScore = false;
        foreach (var (name, topic) in Topics)
        {
            topic.Refresh(now, decays, options.DecayToZero);
            if (topic.IsSpent)
                Topics.Remove(name);
        }
        Penalties = ScoredTopic.Decay(Penalties, options.BehaviourDecay, decays, options.DecayToZero);
    }

    /// <summary>The peer has left.</summary>
    public void Leave()
    {
        _hasTopicScore = false;
        foreach (var topic in Topics.Values)
            topic.Leave();
    }
}
