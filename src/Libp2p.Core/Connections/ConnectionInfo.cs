namespace Libp2p;

/// <summary>The facts of one connection, fixed when it was made.</summary>
public sealed class ConnectionInfo
{
    /// <summary>The connection's number, unique within this process.</summary>
    public required long Id { get; init; }

    /// <summary>Who is on the other side, proven.</summary>
    public required PeerId RemotePeer { get; init; }

    /// <summary>The key with which that was proven.</summary>
    public required PublicKey RemoteKey { get; init; }

    /// <summary>Which side this node is.</summary>
    public required Role Role { get; init; }

    /// <summary>This side's address.</summary>
    public required Multiaddress LocalAddress { get; init; }

    /// <summary>The other side's address as this side sees it.</summary>
    public required Multiaddress RemoteAddress { get; init; }

    /// <summary>The security protocol.</summary>
    public required ProtocolId Security { get; init; }

    /// <summary>The muxer.</summary>
    public required ProtocolId Muxer { get; init; }

    /// <summary>True where the muxer was agreed on within the security handshake, which saves a round trip.</summary>
    public bool EarlyMuxer { get; init; }

    /// <summary>
    /// Round trips that the dialler waited for between the transport's own connecting and being ready for streams: proposals that had to
    /// be answered, the security handshake, the muxer. Null on the listener's side, which cannot tell what the dialler waited for.
    /// </summary>
    public int? RoundTrips { get; init; }

    /// <summary>When it was ready for streams.</summary>
    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>From the first byte, or the accept, to being ready for streams.</summary>
    public required TimeSpan HandshakeTime { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"#{Id} {RemotePeer} at {RemoteAddress} ({Security}, {Muxer})";
}
