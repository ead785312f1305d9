namespace Libp2p.Diagnostics;

/// <summary>What is read from a node when somebody collects, and costs nothing until then.</summary>
/// <param name="Connections">The open connections.</param>
/// <param name="Streams">Streams that are open, both ways.</param>
/// <param name="InboundStreams">Streams that peers opened, by protocol.</param>
/// <param name="Bytes">What links have carried since the start, ended ones too.</param>
/// <param name="Buffered">Bytes of buffers in use.</param>
/// <param name="Protocols">Protocols that the node serves.</param>
/// <param name="Addresses">Addresses that the node tells others.</param>
internal sealed record NodeReadings(
    Func<IReadOnlyList<ConnectionInfo>> Connections,
    Func<long> Streams,
    Func<IReadOnlyList<KeyValuePair<ProtocolId, int>>> InboundStreams,
    Func<(long Received, long Sent)> Bytes,
    Func<long> Buffered,
    Func<int> Protocols,
    Func<int> Addresses);
