using System.Net;
using System.Net.Sockets;

namespace Libp2p;

/// <summary>Looks names up, by DNS or otherwise. Safe for concurrent use.</summary>
public interface INameResolver
{
    /// <summary>The addresses of a host.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="family">Of which kind; <see cref="AddressFamily.Unspecified"/> for both.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    /// <exception cref="Libp2pException"><see cref="Libp2pError.Unreachable"/>: there is no such name, or none of such addresses, or nobody could be asked. The message says which.</exception>
    ValueTask<HostAddresses> ResolveHostAsync(string name, AddressFamily family, CancellationToken cancellationToken);

    /// <summary>The texts that are published under a name (TXT), the strings of each record joined.</summary>
    /// <param name="name">The name.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    /// <exception cref="Libp2pException"><see cref="Libp2pError.Unreachable"/>, as with hosts.</exception>
    ValueTask<IReadOnlyList<string>> ResolveTextAsync(string name, CancellationToken cancellationToken);
}

/// <summary>What the name of a host stands for.</summary>
/// <param name="Addresses">At least one.</param>
/// <param name="IsLocal">The name is this machine's or its network's own (localhost, the hosts file, a search domain), and so may well stand for a private address.</param>
public sealed record HostAddresses(IReadOnlyList<IPAddress> Addresses, bool IsLocal);
