namespace Libp2p.Protocols.Gossipsub;

/// <content>
/// What was refused: it must not come again by gossip, its sender is blamed once, and nothing forged may stand in the way of the true message.
/// </content>
internal sealed partial class GossipsubMachine
{
    /// <summary>Notes that a message was refused at first sight, by its form, its size or its author.</summary>
    /// <param name="from">Who sent it.</param>
    /// <param name="topic">Its topic.</param>
    /// <param name="refusal">Why.</param>
    /// <param name="fields">The message.</param>
    /// <param name="author">Whom it names as its author; null where that is nobody.</param>
    /// <param name="now">The time.</param>
    public void Refuse(PeerId from, string topic, MessageRefusal refusal, in MessageFields fields, PeerId? author, TimeSpan now)
    {
        if (refusal is not (MessageRefusal.Blocked or MessageRefusal.OwnMessage))
            _score.RejectUnproven(from, topic, now);
        if (!_peers.TryGetValue(from, out var peer) || !_topics.TryGetValue(topic, out var known))
            return;
        // Who signs where nobody does, or does not where all do, forms ids as one does there.
        var otherwise = refusal switch
        {
            MessageRefusal.Unsigned => MessageIds.DataHash,
            MessageRefusal.Signed => MessageIds.Default(topic, peer.Kind),
            _ => null,
        };
        foreach (var function in (ReadOnlySpan<MessageIdFunction?>)[known.FunctionOf(peer) ?? known.OwnFunction, otherwise])
        {
            if (function is null)
                continue;
            var id = MessageSignature.FormId(function, fields, topic, author);
            if (id == default)
                continue;
            peer.Unwelcome.Add(id, now + _options.SeenTtl);
            // Whoever sends what is no message of its author has not kept a promise.
            if (refusal is not (MessageRefusal.Unsigned or MessageRefusal.Malformed))
                _promises.Fulfil(new OtherId(function, id), from);
        }
    }

    private void Forged(PeerId from, GossipMessage message, TimeSpan now)
    {
        Spurn(from, message, isToBlame: true, now);
        foreach (var other in _inFlight.Take(message))
            Spurn(other, message, isToBlame: true, now);
    }

    /// <summary>
    /// Whether only the author can have formed a message's id. Then the id is remembered as soon as the signature is checked, whatever validators
    /// say. Any other is remembered when the message is accepted: before, its id is a claim, and another may have a better one.
    /// </summary>
    private bool IsProven(GossipTopic topic, GossipMessage message) =>
        topic.HasAuthoredIds && (message.IsSigned || _options.SignaturePolicy == SignaturePolicy.StrictSign);

    /// <summary>A message whose id proves nothing was judged; whether it is the first of that id to be accepted.</summary>
    private bool Decide(GossipTopic topic, GossipMessage message, PeerId from, PubsubVerdict verdict, TimeSpan now)
    {
        var others = _inFlight.Take(message);
        if (verdict != PubsubVerdict.Accept)
        {
            var isToBlame = verdict == PubsubVerdict.Reject;
            _refused.Add(message, isToBlame, now);
            Spurn(from, message, isToBlame, now);
            foreach (var other in others)
                Spurn(other, message, isToBlame, now);
            return false;
        }
        if (!topic.IsJoined)
            return false;
        if (!Remember(topic, message, now))
        {
            _score.DuplicateMessage(from, message.Topic, message.Id, now);
            return false;
        }
        _score.ValidateMessage(message.Id, now);
        NoteCopies(others, message, now);
        SendIDontWant(topic, message, from);
        return true;
    }

    private void NoteCopies(ReadOnlySpan<PeerId> senders, GossipMessage message, TimeSpan now)
    {
        foreach (var sender in senders)
            _score.DuplicateMessage(sender, message.Topic, message.Id, now);
    }

    private void Spurn(PeerId sender, GossipMessage message, bool isToBlame, TimeSpan now)
    {
        if (isToBlame)
            _score.RejectUnproven(sender, message.Topic, now);
        if (!_peers.TryGetValue(sender, out var peer) || !_topics.TryGetValue(message.Topic, out var topic))
            return;
        var function = topic.FunctionOf(peer);
        var id = function is null || function == topic.OwnFunction ? message.Id : message.IdBy(function);
        if (id != default)
            peer.Unwelcome.Add(id, now + _options.SeenTtl);
    }

    /// <summary>Whether a peer need not be asked for a message, since it is what was refused, or is being judged.</summary>
    private bool IsRefused(GossipTopic topic, GossipPeer peer, PubsubMessageId id) =>
        peer.Unwelcome.Contains(id)
        // Where messages have nothing but their content, the id and the topic tell it.
        || (_options.SignaturePolicy == SignaturePolicy.StrictNoSign && (_inFlight.Contains(id, topic.Name) || _refused.Contains(id, topic.Name)));
}
