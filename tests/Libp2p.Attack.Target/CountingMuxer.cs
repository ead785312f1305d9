using System.Collections.Concurrent;

namespace Libp2p.Attack.Target;

/// <summary>A muxer protocol that remembers its sessions, so that the streams of a node can be counted from outside.</summary>
sealed class CountingMuxer(IMuxerProtocol inner) : IMuxerProtocol
{
    readonly ConcurrentDictionary<IMuxer, bool> _open = new();

    public ProtocolId Id => inner.Id;

    public int Sessions => _open.Count;

    public int Streams => _open.Keys.Sum(muxer => muxer.StreamCount);

    public IMuxer Attach(SecureLink link, Role role)
    {
        var muxer = inner.Attach(link, role);
        _open[muxer] = true;
        _ = ForgetAsync(muxer);
        return muxer;
    }

    async Task ForgetAsync(IMuxer muxer)
    {
        await muxer.Closed;
        _open.TryRemove(muxer, out _);
    }
}
