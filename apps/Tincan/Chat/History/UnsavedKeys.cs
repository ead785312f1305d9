namespace Tincan.Chat.History;

/// <summary>The keys of the latest messages that were shown without being saved, so that none of them is shown twice. Bounded: the oldest go.</summary>
internal sealed class UnsavedKeys(int maxKeys = UnsavedKeys.DefaultMaxKeys)
{
    /// <summary>Keys that are remembered.</summary>
    public const int DefaultMaxKeys = 4096;

    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    /// <summary>Adds a key.</summary>
    /// <returns>False where it is there.</returns>
    public bool Add(byte[] key)
    {
        var text = Convert.ToHexString(key);
        if (!_keys.Add(text))
            return false;
        _order.Enqueue(text);
        if (_order.Count > maxKeys)
            _keys.Remove(_order.Dequeue());
        return true;
    }

    /// <summary>Takes a key away, as its message is saved now.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Remove(byte[]? key) => key is not null && _keys.Count > 0 && _keys.Remove(Convert.ToHexString(key));
}
