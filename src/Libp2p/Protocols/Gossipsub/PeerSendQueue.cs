namespace Libp2p.Protocols.Gossipsub;

/// <summary>
/// What waits to be sent to one peer: control before messages. Bounded: gossip is dropped first, and the newest; a message for which
/// there is no room is not taken; control that cannot be lost and has no room means that the stream must be opened anew.
/// </summary>
internal sealed class PeerSendQueue(GossipsubOptions options)
{
    private readonly Lock _gate = new();
    private readonly Queue<RpcContent> _control = new();
    private readonly Queue<GossipMessage> _messages = new();
    private TaskCompletionSource? _room;
    private long _bytes;

    /// <summary>Whether control was lost that cannot be.</summary>
    public bool HasOverflowed { get; private set; }

    public (int Messages, long Bytes) Length
    {
        get
        {
            lock (_gate)
                return (_messages.Count, _bytes);
        }
    }

    public bool IsEmpty
    {
        get
        {
            lock (_gate)
                return _control.Count + _messages.Count == 0;
        }
    }

    /// <summary>Takes a message; false where there is no room.</summary>
    public bool TryAdd(GossipMessage message)
    {
        lock (_gate)
        {
            if (_messages.Count > 0 && (_messages.Count >= options.MaxQueuedMessages || _bytes + message.Part.Length > options.MaxQueuedBytes))
                return false;
            _messages.Enqueue(message);
            _bytes += message.Part.Length;
            return true;
        }
    }

    /// <summary>Takes control; false where its gossip was dropped.</summary>
    public bool AddControl(RpcContent content)
    {
        lock (_gate)
        {
            var isGossipDropped = content.HasGossip && _control.Count >= options.MaxQueuedControl / 4;
            if (isGossipDropped)
                content.DropGossip();
            if (content.IsEmpty)
                return false;
            if (_control.Count >= options.MaxQueuedControl)
                HasOverflowed = true;
            else
                _control.Enqueue(content);
            return !isGossipDropped;
        }
    }

    /// <summary>Takes a message out that the peer does not want.</summary>
    public void Cancel(PubsubMessageId id)
    {
        lock (_gate)
        {
            var found = false;
            foreach (var message in _messages)
                found |= message.Id == id;
            if (!found)
                return;
            // Once round: all others come back to their places.
            for (var left = _messages.Count; left > 0; left--)
            {
                var message = _messages.Dequeue();
                if (message.Id == id)
                    Removed(message);
                else
                    _messages.Enqueue(message);
            }
        }
    }

    /// <summary>Takes what is sent next: all control, or messages up to so many bytes, at least one.</summary>
    /// <returns>False where nothing waits.</returns>
    public bool TryTake(List<RpcContent> control, List<GossipMessage> messages, int maxBytes)
    {
        lock (_gate)
        {
            while (_control.TryDequeue(out var content))
                control.Add(content);
            for (var bytes = 0; _messages.TryPeek(out var first);)
            {
                bytes += first.Part.Length;
                if (bytes > maxBytes && messages.Count > 0)
                    break;
                messages.Add(_messages.Dequeue());
                Removed(first);
            }
            return control.Count + messages.Count > 0;
        }
    }

    /// <summary>Completes when a message has been taken out, so that there may be room.</summary>
    public Task WaitForRoomAsync()
    {
        lock (_gate)
            return _messages.Count == 0 ? Task.CompletedTask : (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
    }

    /// <summary>Forgets everything: the stream is a new one.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _control.Clear();
            HasOverflowed = false;
            while (_messages.TryDequeue(out var message))
                Removed(message);
        }
    }

    private void Removed(GossipMessage message)
    {
        _bytes -= message.Part.Length;
        _room?.TrySetResult();
        _room = null;
    }
}
