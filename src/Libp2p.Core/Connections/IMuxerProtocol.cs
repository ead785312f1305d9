namespace Libp2p;

/// <summary>A way to carry many streams over one <see cref="SecureLink"/>.</summary>
public interface IMuxerProtocol
{
    /// <summary>The name that is negotiated, such as <c>/yamux/1.0.0</c>.</summary>
    ProtocolId Id { get; }

    /// <summary>Starts the muxer on a link, which belongs to it afterwards.</summary>
    /// <param name="link">The secured link.</param>
    /// <param name="role">Which side dialled: it decides the numbers of the streams.</param>
    IMuxer Attach(SecureLink link, Role role);
}
