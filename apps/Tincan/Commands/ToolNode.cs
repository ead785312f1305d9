using Libp2p;
using Libp2p.Security.PrivateNetwork;
using Microsoft.Extensions.Logging;

namespace Tincan.Commands;

/// <summary>A node of a tool: it has an identity for this run alone, and listens nowhere.</summary>
internal static class ToolNode
{
    /// <summary>Starts it.</summary>
    /// <param name="parts">Adds what the tool needs.</param>
    /// <param name="log">Where it logs, if anywhere.</param>
    /// <param name="network">The private network that it is in, if any.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static Task<Libp2pNode> StartAsync(Action<NodeBuilder> parts, ILoggerFactory? log, PrivateNetworkKey? network, CancellationToken cancellationToken)
    {
        var builder = NodeSetup.Create(Identity.Generate(), log, network);
        parts(builder);
        return builder.StartAsync(cancellationToken);
    }
}
