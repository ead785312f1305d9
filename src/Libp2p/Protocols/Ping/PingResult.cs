namespace Libp2p.Protocols.Ping;

/// <summary>One of several pings on a stream.</summary>
/// <param name="Number">Which one it was, from 1.</param>
/// <param name="RoundTripTime">From sending the ping to having its echo. The first one carries the negotiation of its stream.</param>
/// <param name="Connection">The connection it went over.</param>
public readonly record struct PingResult(int Number, TimeSpan RoundTripTime, ConnectionInfo Connection);
