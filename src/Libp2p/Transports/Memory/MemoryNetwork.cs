using System.Diagnostics.CodeAnalysis;

namespace Libp2p.Transports.Memory;

/// <summary>The namespace of <c>/memory/N</c> addresses: transports that share one reach each other. Safe for concurrent use.</summary>
public sealed class MemoryNetwork
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, MemoryListener> _listeners = [];
    private ulong _last;

    /// <summary>The one of this process, for those who need no other.</summary>
    public static MemoryNetwork Shared { get; } = new();

    /// <summary>A number that nobody listens on, for the dialling end of a link.</summary>
    internal ulong TakeNumber()
    {
        lock (_gate)
        {
            do
                _last++;
            while (_last == 0 || _listeners.ContainsKey(_last));
            return _last;
        }
    }

    internal bool TryAdd(ulong number, MemoryListener listener)
    {
        lock (_gate)
            return _listeners.TryAdd(number, listener);
    }

    internal bool TryFind(ulong number, [NotNullWhen(true)] out MemoryListener? listener)
    {
        lock (_gate)
            return _listeners.TryGetValue(number, out listener);
    }

    internal void Remove(ulong number)
    {
        lock (_gate)
            _listeners.Remove(number);
    }
}
