namespace Libp2p;

/// <summary>Judges a message of a topic before it is delivered and passed on. What throws ignores the message.</summary>
/// <param name="message">The message; its signature, where there must be one, has been checked.</param>
/// <param name="cancellationToken">Cancelled when the validator's time is over or the node stops.</param>
public delegate ValueTask<PubsubVerdict> PubsubValidator(PubsubMessage message, CancellationToken cancellationToken);
