using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Libp2p.Hosting;

/// <summary>
/// Healthy while the node runs and listens where it was asked to; degraded with fewer peers than
/// <see cref="Libp2pHostOptions.MinPeers"/>; else what the registration calls a failure.
/// </summary>
internal sealed class Libp2pHealthCheck(Libp2pNode node, Libp2pHostedService service, Libp2pListen asked, IOptions<Libp2pHostOptions> options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Check(context.Registration.FailureStatus));

    private HealthCheckResult Check(HealthStatus failure)
    {
        var listening = node.ListenAddresses;
        var peers = node.Peers.Count;
        var data = new Dictionary<string, object>
        {
            ["peerId"] = node.Identity.PeerId.ToString(),
            ["listenAddresses"] = listening.Select(a => a.ToString()).ToArray(),
            ["peers"] = peers,
            ["connections"] = node.Connections.Count,
        };
        if (!service.IsRunning)
            return new HealthCheckResult(failure, "The node does not run.", data: data);
        if (listening.Count < asked.Count)
            return new HealthCheckResult(failure, $"The node listens on {listening.Count} of {asked.Count} addresses.", data: data);
        return peers < options.Value.MinPeers
            ? HealthCheckResult.Degraded($"The node has {peers} peers, fewer than {options.Value.MinPeers}.", data: data)
            : HealthCheckResult.Healthy($"The node listens on {listening.Count} addresses and has {peers} peers.", data);
    }
}
