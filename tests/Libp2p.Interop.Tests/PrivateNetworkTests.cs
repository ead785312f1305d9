using Libp2p.Interop.Tests.Nodes;
using Libp2p.Interop.Tests.Peers;
using Libp2p.Protocols.Perf;
using Libp2p.Security.PrivateNetwork;

namespace Libp2p.Interop.Tests;

/// <summary>Private networks by a shared key: members meet, others do not.</summary>
public sealed class PrivateNetworkTests : IDisposable
{
    const int Mega = 1024 * 1024;

    readonly PrivateNetworkKey _key = PrivateNetworkKey.Generate();
    readonly string _file = Path.GetTempFileName();

    public PrivateNetworkTests() => File.WriteAllText(_file, _key.Export());

    [Theory]
    [InlineData(Side.Ours)]
    [InlineData(Side.Js)]
    public async Task Members_meet_and_move_eight_mebibytes_each_way(Side dialer)
    {
        await using var met = await Encounter.StartAsync(dialer, ["--swarm-key", _file], b => b.UsePrivateNetwork(_key));
        await met.AssertAliveAsync();
        await met.Ours.Node.PingAsync(met.Connection.RemotePeer, met.Deadline);
        var result = await met.Ours.Node.Get<PerfService>().MeasureAsync(met.Connection.RemotePeer, 8 * Mega, 8 * Mega, met.Deadline);
        Assert.Equal((8 * Mega, 8 * Mega), (result.Uploaded, result.Downloaded));
        var asked = await met.Js.AskAsync("perf", new { peer = met.Ours.Peer, up = 8 * Mega, down = 8 * Mega }, "perf");
        Assert.Equal((8 * Mega, 8 * Mega), (asked.Number("up"), asked.Number("down")));
        Assert.True((await met.Js.AskAsync("half-close", new { peer = met.Ours.Peer, bytes = 1_000 }, "half-close")).Flag("ok"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_has_another_key_or_none_does_not_get_in(bool hasKey)
    {
        await using var ours = await OurNode.StartAsync(b => b.UsePrivateNetwork(hasKey ? PrivateNetworkKey.Generate() : _key));
        await using var js = await JsPeer.ListenAsync("", hasKey ? ["--swarm-key", _file] : []);
        var refused = await js.WaitForAnswerAsync("dial", new { addr = ours.Address });
        Assert.Equal("dial-failed", refused.Name);
        var failure = await Assert.ThrowsAsync<DialException>(async () => await ours.Node.ConnectAsync(Multiaddress.Parse(js.Addresses[0], null), TestContext.Current.CancellationToken));
        Assert.NotEqual(Libp2pError.Unreachable, Assert.Single(failure.Attempts).Error);
        Assert.Empty(ours.Node.Connections);
    }

    public void Dispose() => File.Delete(_file);
}
