using System.Buffers;
using Microsoft.Extensions.Logging;

namespace Libp2p;

/// <summary>What a node gives to whatever is built for it.</summary>
/// <param name="Identity">Who the node is.</param>
/// <param name="TimeProvider">Its clock.</param>
/// <param name="LoggerFactory">Where it logs.</param>
/// <param name="Pool">Its one pool of buffers.</param>
public sealed record NodeContext(Identity Identity, TimeProvider TimeProvider, ILoggerFactory LoggerFactory, MemoryPool<byte> Pool);
