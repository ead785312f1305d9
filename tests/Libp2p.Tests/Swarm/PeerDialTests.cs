using Libp2p.Swarm;
using Libp2p.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using static Libp2p.Tests.Swarm.Peers;

namespace Libp2p.Tests.Swarm;

public sealed class PeerDialTests : IAsyncDisposable
{
    readonly Dialer _dialer = new(new(), [new FakeTransport()], null, connection => connection, new ManualTimeProvider(), NullLogger.Instance);

    public ValueTask DisposeAsync() => _dialer.DisposeAsync();

    [Fact]
    public async Task Who_joins_when_it_has_failed_is_not_told_of_addresses_of_others()
    {
        var dial = new PeerDial(_dialer, new DialKey(Id(1), null));
        var first = await dial.JoinAsync([Refused(Public(1))], byUser: false, null, CancellationToken.None);
        Assert.Equal(Public(1), Assert.Single(first.Attempts!).Address);

        var late = await dial.JoinAsync([Refused(Public(2))], byUser: false, null, CancellationToken.None);
        Assert.Equal(default, late);
    }

    static DialCandidate Refused(Multiaddress address) =>
        new(address) { Refusal = new(address, DialStage.NotTried, "refused", Libp2pError.Refused, TimeSpan.Zero) };
}
