using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Libp2p.Muxers.Mplex;

/// <summary>
/// Mplex (mplex/README.md, <c>/mplex/6.7.0</c>), which is deprecated: it has no flow control, so one stream that is not read holds up the
/// whole connection for a while and is then reset. For peers that have nothing else.
/// </summary>
public sealed class MplexMuxer : IMuxerProtocol
{
    /// <summary>The protocol's name.</summary>
    public static readonly ProtocolId ProtocolId = "/mplex/6.7.0";

    private readonly MplexOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <summary>Creates it, and says so in the log.</summary>
    /// <param name="options">The bounds; null for the defaults.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="logger">Where it logs; null for nowhere.</param>
    public MplexMuxer(MplexOptions? options = null, TimeProvider? time = null, ILogger<MplexMuxer>? logger = null)
    {
        _options = options ?? new MplexOptions();
        _options.Validate();
        _time = time ?? TimeProvider.System;
        _logger = logger ?? (ILogger)NullLogger.Instance;
        MuxerLog.MplexEnabled(_logger);
    }

    /// <inheritdoc/>
    public ProtocolId Id => ProtocolId;

    /// <inheritdoc/>
    public IMuxer Attach(SecureLink link, Role role) => new MplexConnection(link, _options, _time, _logger);
}
