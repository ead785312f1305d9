using Libp2p.Swarm;

namespace Libp2p.Tests.Swarm;

public class DialOptionsTests
{
    [Fact]
    public void The_defaults_are_those_of_the_limits()
    {
        var options = new DialOptions();
        options.Validate();
        Assert.Equal((15, 60), (options.AddressTimeout.TotalSeconds, options.PeerTimeout.TotalSeconds));
        Assert.Equal((8, 160, 100), (options.MaxParallelPerPeer, options.MaxParallel, options.MaxAddresses));
        Assert.Equal((5, 1, 300), (options.BackoffBase.TotalSeconds, options.BackoffStep.TotalSeconds, options.BackoffMax.TotalSeconds));
    }

    public static TheoryData<string, Action<DialOptions>> Wrong { get; } = new()
    {
        { nameof(DialOptions.AddressTimeout), o => o.AddressTimeout = TimeSpan.Zero },
        { nameof(DialOptions.AddressTimeout), o => o.AddressTimeout = TimeSpan.FromSeconds(61) },
        { nameof(DialOptions.PeerTimeout), o => o.PeerTimeout = TimeSpan.MaxValue },
        { nameof(DialOptions.MaxParallelPerPeer), o => o.MaxParallelPerPeer = 0 },
        { nameof(DialOptions.MaxParallel), o => o.MaxParallel = -1 },
        { nameof(DialOptions.MaxPeers), o => o.MaxPeers = 0 },
        { nameof(DialOptions.MaxAddresses), o => o.MaxAddresses = 0 },
        { nameof(DialOptions.PublicStagger), o => o.PublicStagger = TimeSpan.FromTicks(-1) },
        { nameof(DialOptions.LocalStagger), o => o.LocalStagger = TimeSpan.MaxValue },
        { nameof(DialOptions.RelayDelay), o => o.RelayDelay = TimeSpan.MinValue },
        { nameof(DialOptions.HandshakeHold), o => o.HandshakeHold = TimeSpan.FromTicks(-1) },
        { nameof(DialOptions.BackoffStep), o => o.BackoffStep = TimeSpan.MaxValue },
        { nameof(DialOptions.BackoffMax), o => o.BackoffMax = TimeSpan.FromSeconds(4) },
        { nameof(DialOptions.MaxBackoffs), o => o.MaxBackoffs = 0 },
    };

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public void Wrong_values_are_refused_by_name(string name, Action<DialOptions> change)
    {
        var options = new DialOptions();
        change(options);
        Assert.Equal(name, Assert.Throws<ArgumentOutOfRangeException>(options.Validate).ParamName);
    }
}
