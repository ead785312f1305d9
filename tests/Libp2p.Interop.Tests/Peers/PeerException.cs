namespace Libp2p.Interop.Tests.Peers;

/// <summary>A peer that did not do what the test waited for; the message shows what it said last.</summary>
public sealed class PeerException(string message) : Exception(message);
