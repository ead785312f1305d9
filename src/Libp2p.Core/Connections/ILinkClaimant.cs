namespace Libp2p;

/// <summary>One of several that listen on a port and know their own links by the first bytes: the dialling side speaks first in all of them.</summary>
public interface ILinkClaimant
{
    /// <summary>The address that is listened on, such as <c>/ip4/0.0.0.0/tcp/4001/ws</c>.</summary>
    Multiaddress Address { get; }

    /// <summary>Whether a link that begins so is for this one. Answers at once, and decides within 24 bytes.</summary>
    /// <param name="first">The first bytes, at least one; they stay in the link.</param>
    LinkClaim Claim(ReadOnlySpan<byte> first);

    /// <summary>Takes a link over and does what must come before bytes pass. Its remote address may be another: the one that a trusted proxy tells.</summary>
    /// <param name="carrier">The accepted link. It belongs to the result; where this throws, it stays the caller's.</param>
    /// <param name="cancellationToken">The deadline.</param>
    /// <exception cref="Libp2pException">The other side broke the protocol, or left.</exception>
    ValueTask<Link> AcceptAsync(Link carrier, CancellationToken cancellationToken);
}
