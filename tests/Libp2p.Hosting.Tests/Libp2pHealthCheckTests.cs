using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Libp2p.Hosting.Tests;

public sealed class Libp2pHealthCheckTests
{
    [Fact]
    public async Task Healthy_from_the_start_to_the_stop()
    {
        using var host = NodeHost.Create();
        Assert.Equal(HealthStatus.Unhealthy, await StatusAsync(host));
        await host.StartAsync();
        Assert.Equal(HealthStatus.Healthy, await StatusAsync(host));
        await host.StopAsync();
        Assert.Equal(HealthStatus.Unhealthy, await StatusAsync(host));
    }

    [Fact]
    public async Task Degraded_while_peers_are_too_few()
    {
        using var host = NodeHost.Create(null, null, ("Libp2p:MinPeers", "1"));
        await host.StartAsync();
        Assert.Equal(HealthStatus.Degraded, await StatusAsync(host));

        var node = host.Services.GetRequiredService<INode>();
        await using var other = await Libp2pNode.CreateBuilder().UseTcp().UseNoise().UseYamux().AddPing().StartAsync();
        await other.PingAsync(node.Addresses[0]);

        Assert.Equal(HealthStatus.Healthy, await StatusAsync(host));
        await host.StopAsync();
    }

    [Fact]
    public async Task The_report_has_the_facts()
    {
        using var host = NodeHost.Create();
        await host.StartAsync();
        var node = host.Services.GetRequiredService<INode>();
        var entry = (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["libp2p"];
        Assert.Equal(node.Identity.PeerId.ToString(), entry.Data["peerId"]);
        Assert.Equal(node.ListenAddresses.Select(a => a.ToString()), Assert.IsType<string[]>(entry.Data["listenAddresses"]));
        Assert.Equal(0, entry.Data["peers"]);
        await host.StopAsync();
    }

    private static async Task<HealthStatus> StatusAsync(IHost host) =>
        (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["libp2p"].Status;
}
