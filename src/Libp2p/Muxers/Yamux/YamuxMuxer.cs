using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Libp2p.Muxers.Yamux;

/// <summary>Yamux (yamux/README.md, <c>/yamux/1.0.0</c>): flow control for each stream, windows that grow with the round trip, keepalive.</summary>
public sealed class YamuxMuxer : IMuxerProtocol
{
    /// <summary>The protocol's name.</summary>
    public static readonly ProtocolId ProtocolId = "/yamux/1.0.0";

    private readonly YamuxOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <summary>Creates it.</summary>
    /// <param name="options">The bounds; null for the defaults.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="logger">Where it logs; null for nowhere.</param>
    public YamuxMuxer(YamuxOptions? options = null, TimeProvider? time = null, ILogger<YamuxMuxer>? logger = null)
    {
        _options = options ?? new YamuxOptions();
        _options.Validate();
        _time = time ?? TimeProvider.System;
        _logger = logger ?? (ILogger)NullLogger.Instance;
    }

    /// <inheritdoc/>
    public ProtocolId Id => ProtocolId;

    /// <inheritdoc/>
    public IMuxer Attach(SecureLink link, Role role) => new YamuxConnection(link, role, _options, _time, _logger);
}
