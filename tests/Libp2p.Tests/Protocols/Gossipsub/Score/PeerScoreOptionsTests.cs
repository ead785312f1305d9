using Libp2p.Protocols.Gossipsub.Score;

namespace Libp2p.Tests.Protocols.Gossipsub.Score;

public class PeerScoreOptionsTests
{
    [Fact]
    public void The_defaults_are_those_of_the_limits()
    {
        var options = new PeerScoreOptions();
        options.Validate();
        Assert.Equal((-10, -50, -80), (options.GossipThreshold, options.PublishThreshold, options.GraylistThreshold));
        Assert.Equal((10, 20), (options.AcceptPeerExchangeThreshold, options.OpportunisticGraftThreshold));
    }

    [Fact]
    public void A_decay_over_a_time_brings_one_down_to_what_is_nothing() =>
        Assert.Equal(new PeerScoreOptions().DecayToZero, Math.Pow(PeerScoreOptions.DecayOver(TimeSpan.FromMinutes(5)), 300), 12);

    public static TheoryData<string, Action<PeerScoreOptions>> Wrong { get; } = new()
    {
        { nameof(PeerScoreOptions.TopicScoreCap), o => o.TopicScoreCap = -1 },
        { nameof(PeerScoreOptions.ApplicationWeight), o => o.ApplicationWeight = double.NaN },
        { nameof(PeerScoreOptions.ColocationWeight), o => o.ColocationWeight = 1 },
        { nameof(PeerScoreOptions.ColocationWeight), o => o.ColocationWeight = double.NegativeInfinity },
        { nameof(PeerScoreOptions.ColocationThreshold), o => o.ColocationThreshold = 0 },
        { nameof(PeerScoreOptions.BehaviourWeight), o => o.BehaviourWeight = 0.1 },
        { nameof(PeerScoreOptions.BehaviourThreshold), o => o.BehaviourThreshold = -1 },
        { nameof(PeerScoreOptions.BehaviourDecay), o => o.BehaviourDecay = 1 },
        { nameof(PeerScoreOptions.DecayInterval), o => o.DecayInterval = TimeSpan.FromMilliseconds(999) },
        { nameof(PeerScoreOptions.DecayToZero), o => o.DecayToZero = 0 },
        { nameof(PeerScoreOptions.Retention), o => o.Retention = TimeSpan.FromTicks(-1) },
        { nameof(PeerScoreOptions.Retention), o => o.Retention = TimeSpan.MaxValue },
        { nameof(PeerScoreOptions.MaxRetained), o => o.MaxRetained = -1 },
        { nameof(PeerScoreOptions.DeliveryLifetime), o => o.DeliveryLifetime = TimeSpan.Zero },
        { nameof(PeerScoreOptions.MaxDeliveries), o => o.MaxDeliveries = 0 },
        { nameof(PeerScoreOptions.GossipThreshold), o => o.GossipThreshold = 1 },
        { nameof(PeerScoreOptions.PublishThreshold), o => o.PublishThreshold = -9 },
        { nameof(PeerScoreOptions.GraylistThreshold), o => o.GraylistThreshold = -49 },
        { nameof(PeerScoreOptions.AcceptPeerExchangeThreshold), o => o.AcceptPeerExchangeThreshold = -1 },
        { nameof(PeerScoreOptions.OpportunisticGraftThreshold), o => o.OpportunisticGraftThreshold = 1e10 },
        { nameof(TopicScoreOptions.TopicWeight), o => o.DefaultTopic!.TopicWeight = -1 },
        { nameof(TopicScoreOptions.TimeInMeshWeight), o => o.DefaultTopic!.TimeInMeshWeight = -1 },
        { nameof(TopicScoreOptions.TimeInMeshQuantum), o => o.DefaultTopic!.TimeInMeshQuantum = TimeSpan.Zero },
        { nameof(TopicScoreOptions.TimeInMeshCap), o => o.DefaultTopic!.TimeInMeshCap = double.PositiveInfinity },
        { nameof(TopicScoreOptions.FirstDeliveriesWeight), o => o.DefaultTopic!.FirstDeliveriesWeight = -1 },
        { nameof(TopicScoreOptions.FirstDeliveriesDecay), o => o.DefaultTopic!.FirstDeliveriesDecay = 0 },
        { nameof(TopicScoreOptions.FirstDeliveriesCap), o => o.DefaultTopic!.FirstDeliveriesCap = -1 },
        { nameof(TopicScoreOptions.MeshDeliveriesWeight), o => o.DefaultTopic!.MeshDeliveriesWeight = 1 },
        { nameof(TopicScoreOptions.MeshDeliveriesDecay), o => o.DefaultTopic!.MeshDeliveriesDecay = double.NaN },
        { nameof(TopicScoreOptions.MeshDeliveriesThreshold), o => o.DefaultTopic!.MeshDeliveriesThreshold = -1 },
        { nameof(TopicScoreOptions.MeshDeliveriesCap), o => o.DefaultTopic!.MeshDeliveriesCap = 3 },
        { nameof(TopicScoreOptions.MeshDeliveriesWindow), o => o.DefaultTopic!.MeshDeliveriesWindow = TimeSpan.FromTicks(-1) },
        { nameof(TopicScoreOptions.MeshDeliveriesActivation), o => o.DefaultTopic!.MeshDeliveriesActivation = TimeSpan.Zero },
        { nameof(TopicScoreOptions.MeshFailuresWeight), o => o.DefaultTopic!.MeshFailuresWeight = 1 },
        { nameof(TopicScoreOptions.MeshFailuresDecay), o => o.DefaultTopic!.MeshFailuresDecay = 2 },
        { nameof(TopicScoreOptions.InvalidMessagesWeight), o => o.DefaultTopic!.InvalidMessagesWeight = 1 },
        { nameof(TopicScoreOptions.InvalidMessagesDecay), o => o.Topics["one"] = new TopicScoreOptions { InvalidMessagesDecay = -1 } },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void Wrong_values_are_refused_by_name(string name, Action<PeerScoreOptions> change)
    {
        var options = new PeerScoreOptions();
        change(options);
        Assert.Equal(name, Assert.Throws<ArgumentOutOfRangeException>(options.Validate).ParamName);
    }
}
