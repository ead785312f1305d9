using System.Runtime.InteropServices;

namespace Libp2p.Protocols.Gossipsub;

/// <content>Messages: which are let in, where they go.</content>
internal sealed partial class GossipsubMachine
{
    /// <summary>
    /// Whether a message is worth a check: not where it was seen, or where the very same one is being checked or was refused. Asked for each copy
    /// that arrives, before anything is copied.
    /// </summary>
    /// <param name="from">Who sent it.</param>
    /// <param name="topic">Its topic.</param>
    /// <param name="id">This node's id.</param>
    /// <param name="body">The message as it was sent.</param>
    /// <param name="now">The time.</param>
    public bool IsNew(PeerId from, string topic, PubsubMessageId id, ReadOnlySpan<byte> body, TimeSpan now)
    {
        if (_seen.Contains(id))
        {
            _score.DuplicateMessage(from, topic, id, now);
            return false;
        }
        if (_inFlight.TryJoin(id, body, from))
            return false;
        if (!_refused.Contains(id, body, out var isToBlame))
            return true;
        if (isToBlame)
            _score.RejectUnproven(from, topic, now);
        return false;
    }

    /// <summary>Whether a message was seen.</summary>
    public bool IsSeen(PubsubMessageId id) => _seen.Contains(id);

    /// <summary>A new message's signature is going to be checked; <see cref="GossipsubInput.MessageVerified"/> or <see cref="GossipsubInput.MessageForged"/> follows.</summary>
    public void Begin(GossipMessage message) => _inFlight.Add(message);

    private void Verified(PeerId from, GossipMessage message, TimeSpan now)
    {
        if (!_topics.TryGetValue(message.Topic, out var topic) || !topic.IsJoined)
        {
            _inFlight.Take(message);
            return;
        }
        if (IsProven(topic, message))
        {
            var others = _inFlight.Take(message);
            if (!Remember(topic, message, now))
            {
                // Another copy was faster, one with another signature.
                _score.DuplicateMessage(from, message.Topic, message.Id, now);
                return;
            }
            _score.ValidateMessage(message.Id, now);
            NoteCopies(others, message, now);
            SendIDontWant(topic, message, from);
        }
        else
        {
            FormOthers(topic, message);
            _inFlight.Add(message);
        }
        _effects.Enqueue(new GossipsubEffect.JudgeMessage(message, from));
    }

    private void Judged(PeerId from, GossipMessage message, PubsubVerdict verdict, TimeSpan now)
    {
        if (!_topics.TryGetValue(message.Topic, out var topic))
            _inFlight.Take(message);
        else if (!IsProven(topic, message) && !Decide(topic, message, from, verdict, now))
            return;
        switch (verdict)
        {
            case PubsubVerdict.Accept:
                _score.DeliverMessage(from, message.Topic, message.Id, now);
                _cache.Add(message);
                _effects.Enqueue(new GossipsubEffect.Deliver(message, from));
                Forward(message, from, now);
                break;
            case PubsubVerdict.Reject:
                _score.RejectMessage(from, message.Topic, message.Id, now);
                break;
            default:
                _score.IgnoreMessage(message.Id, now);
                break;
        }
    }

    private void Publish(GossipMessage message, TimeSpan now)
    {
        var topic = GetOrAdd(message.Topic);
        if (!Remember(topic, message, now))
            return;
        _cache.Add(message);
        if (_options.DeliverOwnMessages)
            _effects.Enqueue(new GossipsubEffect.Deliver(message, _self));
        if (!topic.IsJoined && !_options.FloodPublish)
        {
            FillFanout(topic);
            topic.FanoutUntil = now + _options.FanoutTtl;
        }
        var near = topic.IsJoined ? topic.Mesh : topic.Fanout;
        foreach (var peer in topic.Subscribers)
        {
            var isDue = _options.FloodPublish || !peer.SpeaksGossipsub || near.Contains(peer);
            if (peer.IsDirect || (isDue && Score(peer) >= _options.Score.PublishThreshold))
                Forward(topic, message, _self, peer);
        }
        Tidy(topic);
    }

    /// <summary>Passes a message on: to the mesh, to direct peers, and to peers that have no meshes.</summary>
    private void Forward(GossipMessage message, PeerId from, TimeSpan now)
    {
        if (!_topics.TryGetValue(message.Topic, out var topic))
            return;
        if (message.Data.Length < _options.DeferThreshold)
        {
            foreach (var peer in topic.Mesh)
                Forward(topic, message, from, peer);
        }
        else
        {
            ForwardLarge(topic, message, from, now);
        }
        foreach (var peer in topic.Outsiders)
        {
            if (peer.IsDirect || Score(peer) >= _options.Score.PublishThreshold)
                Forward(topic, message, from, peer);
        }
    }

    /// <summary>Passes a large message on to some of the mesh; to the others in a moment, if they have not said by then that they have it.</summary>
    private void ForwardLarge(GossipTopic topic, GossipMessage message, PeerId from, TimeSpan now)
    {
        List<GossipPeer> peers = [.. topic.Mesh.Where(p => IsDue(topic, message, from, p))];
        _sampler.Shuffle(peers);
        for (var i = 0; i < peers.Count; i++)
        {
            if (i < _options.DeferAfter || !peers[i].SpeaksIDontWant || !_deferred.TryAdd(peers[i], message, now))
                _effects.Enqueue(new GossipsubEffect.SendMessage(peers[i], message));
        }
    }

    private void SendDeferred(TimeSpan now)
    {
        while (_deferred.TryTake(now, out var peer, out var message))
        {
            if (_topics.TryGetValue(message.Topic, out var topic) && topic.Mesh.Contains(peer) && !IsUnwanted(topic, peer, message))
                _effects.Enqueue(new GossipsubEffect.SendMessage(peer, message));
        }
    }

    private void Forward(GossipTopic topic, GossipMessage message, PeerId from, GossipPeer to)
    {
        if (IsDue(topic, message, from, to))
            _effects.Enqueue(new GossipsubEffect.SendMessage(to, message));
    }

    private static bool IsDue(GossipTopic topic, GossipMessage message, PeerId from, GossipPeer to) =>
        to.Id != from && to.Id != message.From && !IsUnwanted(topic, to, message);

    /// <summary>Remembers a message as seen in every form in use; false where it was.</summary>
    private bool Remember(GossipTopic topic, GossipMessage message, TimeSpan now)
    {
        FormOthers(topic, message);
        return _seen.Add(message.Id, CollectionsMarshal.AsSpan(_others), now);
    }

    /// <summary>Forms a message's ids in every form in use: whoever promised one of them need not send it any more.</summary>
    private void FormOthers(GossipTopic topic, GossipMessage message)
    {
        if (topic.OwnFunction is { } own)
            _promises.Fulfil(new OtherId(own, message.Id));
        _others.Clear();
        foreach (var function in topic.OtherFunctions)
        {
            var id = message.IdBy(function);
            if (id == default)
                continue;
            if (!_otherFunctions.Contains(function))
                _otherFunctions.Add(function);
            _others.Add(new OtherId(function, id));
            _promises.Fulfil(new OtherId(function, id));
        }
    }
}
