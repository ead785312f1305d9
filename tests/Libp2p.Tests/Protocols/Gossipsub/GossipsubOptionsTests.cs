using Libp2p.Protocols.Gossipsub;

namespace Libp2p.Tests.Protocols.Gossipsub;

public sealed class GossipsubOptionsTests
{
    [Fact]
    public void The_defaults_are_those_of_the_limits()
    {
        var options = new GossipsubOptions();
        options.Validate();
        Assert.Equal((6, 5, 12, 4, 2, 6), (options.MeshDegree, options.MeshDegreeLow, options.MeshDegreeHigh, options.MeshDegreeScore, options.MeshDegreeOutbound, options.GossipDegree));
        Assert.Equal((0.25, 5, 3), (options.GossipFactor, options.HistoryLength, options.HistoryGossip));
        Assert.Equal((1, 60, 60, 10, 3600), (
            options.HeartbeatInterval.TotalSeconds, options.FanoutTtl.TotalSeconds, options.PruneBackoff.TotalSeconds, options.UnsubscribeBackoff.TotalSeconds,
            options.MaxBackoff.TotalSeconds));
        Assert.Equal((5000, 10, 3, 3), (options.MaxIHaveLength, options.MaxIHaveMessages, options.GossipRetransmission, options.IWantFollowUp.TotalSeconds));
        Assert.Equal((1024, 512, 120), (options.IDontWantThreshold, options.MaxIDontWantIds, options.SeenTtl.TotalSeconds));
        Assert.Equal((60 * 1024, 1024 * 1024, (1024 * 1024) + (64 * 1024)), (options.MaxMessageLength, GossipsubOptions.MaxMessageLengthLimit, GossipsubOptions.MaxRpcLength));
        Assert.Equal((1024, 1024, 32, 8192), (options.MaxTopicsPerPeer, options.MaxTopics, options.ValidationQueue, options.ValidationThrottle));
        Assert.Equal((100, 16 * 1024, 16, 1024), (RpcCodec.MaxSubscriptions, RpcCodec.MaxControlLength, RpcCodec.MaxExchangedPeers, IPubsub.MaxTopicLength));
    }

    public static TheoryData<string, Action<GossipsubOptions>> Wrong => new()
    {
        { "MeshDegree", o => o.MeshDegree = 4 },
        { "MeshDegreeHigh", o => o.MeshDegreeHigh = 5 },
        { "MeshDegreeOutbound", o => o.MeshDegreeOutbound = 4 },
        { "GossipFactor", o => o.GossipFactor = double.NaN },
        { "HistoryLength", o => o.HistoryLength = 2 },
        { "HeartbeatInterval", o => o.HeartbeatInterval = TimeSpan.Zero },
        { "MaxBackoff", o => o.MaxBackoff = TimeSpan.FromSeconds(59) },
        { "DeferDelay", o => o.DeferDelay = TimeSpan.FromSeconds(3) },
        { "MaxMessageLength", o => o.MaxMessageLength = (1024 * 1024) + 1 },
        { "MaxVersion", o => (o.MinVersion, o.MaxVersion) = (GossipsubVersion.V12, GossipsubVersion.V10) },
        { "PublishTimeout", o => o.PublishTimeout = TimeSpan.FromSeconds(-1) },
        { "ValidationQueue", o => o.ValidationQueue = 0 },
        { "MaxQueuedControl", o => o.MaxQueuedControl = 3 },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Wrong_values_are_refused_by_name(string name, Action<GossipsubOptions> change)
    {
        var options = new GossipsubOptions();
        change(options);
        Assert.Equal(name, Assert.ThrowsAny<ArgumentException>(options.Validate).ParamName);
    }
}
