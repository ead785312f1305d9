using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Libp2p.Hosting;

/// <summary>Starts the node with the host, and says goodbye to its peers before the host ends.</summary>
internal sealed class Libp2pHostedService(IServiceProvider services) : IHostedService
{
    private Libp2pNode? _node;
    private volatile bool _isRunning;

    /// <summary>From the moment it listens until it begins to stop.</summary>
    public bool IsRunning => _isRunning;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // Made here and not with this object, so that settings are checked before, and what is wrong with them is told at the start.
        _node = services.GetRequiredService<Libp2pNode>();
        await _node.StartAsync(cancellationToken).ConfigureAwait(false);
        _isRunning = true;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _isRunning = false;
        if (_node is { } node)
            await node.DisposeAsync().AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
    }
}
