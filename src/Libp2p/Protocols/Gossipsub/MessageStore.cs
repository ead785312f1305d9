namespace Libp2p.Protocols.Gossipsub;

/// <summary>
/// Bytes of messages in blocks that are used again and again. Messages must be removed in the order in which they were added: a block is free
/// when the last of its messages is.
/// </summary>
internal sealed class MessageStore
{
    private const int SmallestBlock = 4 * 1024;

    // Arrays of this size are never moved.
    private const int LargestBlock = 128 * 1024;

    private Block? _current;
    private Block? _spare;

    /// <summary>Stores a message; false where its parts are not those of its encoding.</summary>
    public bool TryAdd(GossipMessage message, out StoredMessage stored)
    {
        stored = default;
        if (!TryFind(message, message.Data, out var data) || !TryFind(message, message.Key, out var key))
            return false;
        var length = message.Part.Length;
        if (_current is null || _current.Bytes.Length - _current.Used < length)
            _current = Begin(length);
        message.Part.Span.CopyTo(_current.Bytes.AsSpan(_current.Used));
        stored = new StoredMessage
        {
            Block = _current,
            Start = _current.Used,
            Length = length,
            Data = data,
            Key = key,
            From = message.From,
            SequenceNumber = message.SequenceNumber,
            IsSigned = message.IsSigned,
        };
        _current.Used += length;
        _current.Messages++;
        return true;
    }

    /// <summary>Removes a message; nothing where it is the default value.</summary>
    public void Remove(in StoredMessage stored)
    {
        if (stored.Block is not { } block || --block.Messages > 0)
            return;
        block.Used = 0;
        if (block != _current && block.Bytes.Length == LargestBlock)
            _spare = block;
    }

    /// <summary>Gives the memory back; nothing may be stored.</summary>
    public void Trim() => _current = _spare = null;

    private Block Begin(int length)
    {
        var block = _spare;
        _spare = null;
        var size = _current is null ? SmallestBlock : Math.Min(LargestBlock, _current.Bytes.Length * 2);
        return block ?? new Block(Math.Max(size, length));
    }

    private static bool TryFind(GossipMessage message, ReadOnlyMemory<byte> part, out Range range)
    {
        range = default;
        if (part.IsEmpty)
            return true;
        var whole = message.Part.Span;
        if (!whole.Overlaps(part.Span, out var start) || start < 0 || start + part.Length > whole.Length)
            return false;
        range = new Range(start, start + part.Length);
        return true;
    }

    /// <summary>Room for messages.</summary>
    internal sealed class Block(int length)
    {
        public byte[] Bytes { get; } = GC.AllocateUninitializedArray<byte>(length);

        public int Used { get; set; }

        /// <summary>How many messages are in it.</summary>
        public int Messages { get; set; }
    }
}
