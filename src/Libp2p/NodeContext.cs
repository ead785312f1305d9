using System.Buffers;
using Microsoft.Extensions.Logging;

namespace Libp2p;

/// <summary>What a node gives to whatever is built for it.</summary>
/// <param name="Identity">Who the node is.</param>
/// <param name="TimeProvider">Its clock.</param>
/// <param name="LoggerFactory">Where it logs.</param>
/// <param name="Pool">Its one pool of buffers.</param>
/// <param name="Names">Looks names up.</param>
/// <param name="Resolver">Turns addresses that begin with a name into those they stand for. What a node dials it resolves itself: transports see no names.</param>
public sealed record NodeContext(
    Identity Identity, TimeProvider TimeProvider, ILoggerFactory LoggerFactory, MemoryPool<byte> Pool, INameResolver Names, AddressResolver Resolver);
