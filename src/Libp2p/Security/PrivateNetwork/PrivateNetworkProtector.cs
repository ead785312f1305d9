namespace Libp2p.Security.PrivateNetwork;

/// <summary>
/// Guards every link by the key of a private network (pnet/Private-Networks-PSK-V1.md): each side sends a nonce of its own, and all
/// that follows is encrypted by XSalsa20. Who has not the key sees noise, and says noise.
/// </summary>
/// <param name="key">The key.</param>
public sealed class PrivateNetworkProtector(PrivateNetworkKey key) : ILinkProtector
{
    /// <inheritdoc/>
    public async ValueTask<Link> ProtectAsync(Link link, Role role, CancellationToken cancellationToken)
    {
        var guarded = new PrivateLink(link, key);
        // Some who dial wait for the listener's nonce before they say anything; ours travels with what comes next.
        if (role == Role.Listener)
            await guarded.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
        return guarded;
    }
}
