using Libp2p.Security.PrivateNetwork;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Security.PrivateNetwork;

/// <summary>Nodes inside and outside of a private network.</summary>
public sealed class PrivateNetworkNodeTests
{
    const string Force = PrivateNetworkKey.DemandVariable;

    static readonly PrivateNetworkKey Key = PrivateNetworkKey.Generate();

    [Fact]
    public async Task Members_meet()
    {
        await using var one = await StartAsync(Key);
        await using var other = await StartAsync(PrivateNetworkKey.FromBytes(Key.Bytes));
        await one.ConnectAsync(other.Addresses[0], TestNodes.Patience);
        Assert.True(await one.PingAsync(other.Identity.PeerId, TestNodes.Patience) > TimeSpan.Zero);
        Assert.True(await other.PingAsync(one.Identity.PeerId, TestNodes.Patience) > TimeSpan.Zero);
    }

    [Fact]
    public async Task Who_is_in_none_is_refused_both_ways()
    {
        await using var member = await StartAsync(Key);
        await using var stranger = await StartAsync(null);
        Assert.NotEmpty(await RefusedAsync(member, stranger));
        Assert.NotEmpty(await RefusedAsync(stranger, member));
        Assert.Empty(member.Connections);
        Assert.Empty(stranger.Connections);
    }

    [Fact]
    public async Task Who_has_another_key_is_refused_at_once()
    {
        await using var one = await StartAsync(Key);
        for (var i = 0; i < 8; i++)
        {
            // Whatever another key makes of the first bytes: nobody waits for the deadline.
            await using var other = await StartAsync(PrivateNetworkKey.Generate());
            Assert.DoesNotContain("within", await RefusedAsync(one, other), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_cannot_be_guarded_is_refused_when_the_node_is_built()
    {
        var builder = Libp2pNode.CreateBuilder().UseTcp().UseWebSocket().UseNoise().UseYamux().UsePrivateNetwork(Key);
        Assert.Contains("bare TCP", Assert.Throws<InvalidOperationException>(builder.Build).Message, StringComparison.Ordinal);
    }

    /// <summary>Other nodes of this process are built meanwhile: so in a process of its own.</summary>
    [Fact]
    public Task A_node_without_a_key_does_not_start_where_one_is_demanded() =>
        OwnProcess.PassesAsync(typeof(PrivateNetworkNodeTests), nameof(It_is_demanded), Force, "1");

    [Fact(Explicit = true)]
    public async Task It_is_demanded()
    {
        Assert.Equal("1", Environment.GetEnvironmentVariable(Force));
        var builder = Libp2pNode.CreateBuilder().UseTcp().UseNoise().UseYamux();
        Assert.Contains(Force, Assert.Throws<InvalidOperationException>(builder.Build).Message, StringComparison.Ordinal);
        await using var member = await StartAsync(Key);
    }

    static Task<Libp2pNode> StartAsync(PrivateNetworkKey? key)
    {
        var builder = Libp2pNode.CreateBuilder().UseTcp().UseNoise().UseYamux().AddPing().Listen("/ip4/127.0.0.1/tcp/0");
        if (key is not null)
            builder.UsePrivateNetwork(key);
        return builder.StartAsync();
    }

    static async Task<string> RefusedAsync(Libp2pNode dialer, Libp2pNode listener)
    {
        var failure = await Assert.ThrowsAsync<DialException>(async () => await dialer.ConnectAsync(listener.Addresses[0], TestNodes.Patience));
        return Assert.Single(failure.Attempts).Cause;
    }
}
