using System.Buffers;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Libp2p;

/// <summary>What a node gives to whatever is built for it.</summary>
/// <param name="Identity">Who the node is.</param>
/// <param name="TimeProvider">Its clock.</param>
/// <param name="LoggerFactory">Where it logs.</param>
/// <param name="Pool">Its one pool of buffers.</param>
/// <param name="Names">Looks names up.</param>
/// <param name="Resolver">Turns addresses that begin with a name into those they stand for. What a node dials it resolves itself: transports see no names.</param>
/// <param name="Meter">The node's meter, which ends with the node: <see cref="Diagnostics.Libp2pDiagnostics.MeterName"/>.</param>
public sealed record NodeContext(
    Identity Identity, TimeProvider TimeProvider, ILoggerFactory LoggerFactory, MemoryPool<byte> Pool, INameResolver Names, AddressResolver Resolver, Meter Meter);
