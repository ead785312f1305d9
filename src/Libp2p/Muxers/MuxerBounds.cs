namespace Libp2p.Muxers;

/// <summary>The bounds that all muxers have, out of their options.</summary>
/// <param name="MaxUnaccepted">Streams that the other side opened and nobody here has accepted.</param>
/// <param name="MaxBuffered">Bytes of memory that all streams together may hold unread; beyond it the fullest is reset.</param>
/// <param name="WriteTimeout">How long a write to the link may take.</param>
/// <param name="CheckInterval">How often liveness is checked.</param>
internal readonly record struct MuxerBounds(int MaxUnaccepted, long MaxBuffered, TimeSpan WriteTimeout, TimeSpan CheckInterval);
