namespace Libp2p.Swarm;

/// <summary>The other side does not take the security protocol that was proposed without waiting; there are others to try.</summary>
internal sealed class ProposalRefusedException(string message, Exception inner) : Libp2pException(Libp2pError.NegotiationFailed, message, inner);
