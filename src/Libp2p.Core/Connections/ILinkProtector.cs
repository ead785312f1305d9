namespace Libp2p;

/// <summary>Guards every link before anything is negotiated on it, so that only those who share its secret can begin: a private network.</summary>
public interface ILinkProtector
{
    /// <summary>Guards a link. Must not wait for the other side: the dialler's first bytes travel with what the protector sends.</summary>
    /// <param name="link">The link. It belongs to the result.</param>
    /// <param name="role">Which side dialled.</param>
    /// <param name="cancellationToken">The deadline.</param>
    ValueTask<Link> ProtectAsync(Link link, Role role, CancellationToken cancellationToken);
}
