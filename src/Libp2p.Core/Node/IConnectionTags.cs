namespace Libp2p;

/// <summary>
/// What services say of how much a peer is worth to them, so that the node closes the right connections when there are too
/// many. A peer's worth is the sum of its tags. Tags end with the peer's last connection; protections stay until they are
/// taken back. Safe for concurrent use; every call returns at once.
/// </summary>
/// <remarks>A tag's name belongs to whoever sets it, such as <c>kad-bucket</c> or <c>pubsub:topic</c>.</remarks>
public interface IConnectionTags
{
    /// <summary>Sets a tag, which replaces the one of that name.</summary>
    /// <param name="peer">Whom.</param>
    /// <param name="tag">Its name.</param>
    /// <param name="value">What it adds to the peer's worth; below zero makes the peer one of the first to go.</param>
    void Tag(PeerId peer, string tag, int value);

    /// <summary>Adds to a tag that fades: what it is worth halves with each <paramref name="halfLife"/>.</summary>
    /// <param name="peer">Whom.</param>
    /// <param name="tag">Its name.</param>
    /// <param name="by">What is added to what is left of it.</param>
    /// <param name="halfLife">How long it takes to halve from now on; above zero.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="halfLife"/> is not above zero.</exception>
    void Bump(PeerId peer, string tag, int by, TimeSpan halfLife);

    /// <summary>Takes a tag off; does nothing where it is not there.</summary>
    void Untag(PeerId peer, string tag);

    /// <summary>Keeps every connection of a peer from being closed for there being too many, connected or not yet, until <see cref="Unprotect"/> with the same tag.</summary>
    void Protect(PeerId peer, string tag);

    /// <summary>Takes a protection back.</summary>
    /// <returns>Whether another one still holds.</returns>
    bool Unprotect(PeerId peer, string tag);

    /// <summary>Whether a peer is protected by any tag.</summary>
    bool IsProtected(PeerId peer);

    /// <summary>The sum of a peer's tags at this moment.</summary>
    int WorthOf(PeerId peer);
}
