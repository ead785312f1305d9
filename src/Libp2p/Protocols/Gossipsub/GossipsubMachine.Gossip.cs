using System.Runtime.InteropServices;
using System.Text;

namespace Libp2p.Protocols.Gossipsub;

/// <content>Gossip: IHAVE, IWANT, IDONTWANT.</content>
internal sealed partial class GossipsubMachine
{
    /// <summary>Heartbeats for which it is remembered that a peer does not want a message.</summary>
    private const int DontWantTicks = 3;

    /// <summary>How many times more messages of gossip than are taken in a heartbeat are a flood: so many no honest peer has to send.</summary>
    private const int Flood = 10;

    private ReadOnlySpan<MessageIdFunction> OtherFunctions => CollectionsMarshal.AsSpan(_otherFunctions);

    /// <summary>Tells peers outside of the mesh what was said lately, in ids of their own form: to peers whose form is not known, nothing.</summary>
    private void Gossip(GossipTopic topic, List<int> messages)
    {
        var near = topic.IsJoined ? topic.Mesh : topic.Fanout;
        List<GossipPeer> candidates = [];
        foreach (var peer in topic.Subscribers)
        {
            if (peer is { SpeaksGossipsub: true, IsDirect: false } && !near.Contains(peer) && topic.FunctionOf(peer) is not null
                && Score(peer) >= _options.Score.GossipThreshold)
                candidates.Add(peer);
        }
        _sampler.Keep(candidates, Math.Max(_options.GossipDegree, (int)(_options.GossipFactor * candidates.Count)));
        Dictionary<MessageIdFunction, List<PubsubMessageId>> byForm = [];
        foreach (var peer in candidates)
        {
            var function = topic.FunctionOf(peer)!;
            if (!byForm.TryGetValue(function, out var all))
                byForm.Add(function, all = _cache.IdsOf(messages, function == topic.OwnFunction ? null : function));
            List<PubsubMessageId> ids = [.. all];
            // Where there are too many, each peer is told of others.
            _sampler.Keep(ids, _options.MaxIHaveLength);
            if (ids.Count > 0)
                Outbox(peer).IHave.Add(new(topic.Name, ids));
        }
    }

    /// <summary>Bounds what each peer is told in a heartbeat, in all topics together: beyond so many ids and so many RPCs peers take nothing.</summary>
    private void BoundGossip()
    {
        var most = (Ids: _options.MaxIHaveLength, Bytes: _options.MaxIHaveMessages * RpcCodec.MaxControlLength);
        foreach (var peer in _outboxes)
        {
            if (peer.Outbox!.IHave is not { Count: > 0 } told || (told.Sum(t => t.Ids.Count) <= most.Ids && told.Sum(Length) <= most.Bytes))
                continue;
            List<(string Topic, PubsubMessageId Id)> all = [.. told.SelectMany(t => t.Ids, (t, id) => (t.Topic, id))];
            _sampler.Keep(all, most.Ids);
            told.Clear();
            Dictionary<string, List<PubsubMessageId>> byTopic = new(StringComparer.Ordinal);
            var left = most.Bytes;
            foreach (var (topic, id) in all)
            {
                var isKnown = byTopic.TryGetValue(topic, out var ids);
                left -= ProtobufWriter.FieldLength(id.Span.Length) + (isKnown ? 0 : TopicLength(topic));
                if (left < 0)
                    break;
                if (!isKnown)
                    told.Add(new(topic, byTopic[topic] = ids = []));
                ids!.Add(id);
            }
        }

        static int Length(IHave have) => TopicLength(have.Topic) + have.Ids.Sum(id => ProtobufWriter.FieldLength(id.Span.Length));

        static int TopicLength(string topic) => ProtobufWriter.FieldLength(Encoding.UTF8.GetByteCount(topic));
    }

    /// <summary>A message's id in the form of a peer; the default value where that is not known.</summary>
    private static PubsubMessageId IdFor(GossipTopic topic, GossipPeer peer, GossipMessage message)
    {
        var function = topic.FunctionOf(peer);
        return function is null ? default : function == topic.OwnFunction ? message.Id : message.IdBy(function);
    }

    private void ReceiveIHave(GossipPeer peer, List<IHave> haves, TimeSpan now)
    {
        if (haves.Count == 0 || !Count(peer, ++peer.IHaveMessages) || Score(peer) < _options.Score.GossipThreshold || peer.IdsAsked >= _options.MaxIHaveLength)
            return;
        List<(PubsubMessageId Id, MessageIdFunction? Function)> wanted = [];
        HashSet<PubsubMessageId> once = [];
        foreach (var (name, ids) in haves)
        {
            if (!_topics.TryGetValue(name, out var topic) || !topic.IsJoined)
                continue;
            // Ids in another form are known of subscribers only.
            var function = topic.Subscribers.Contains(peer) || topic.FunctionOf(peer) == topic.OwnFunction ? topic.FunctionOf(peer) : null;
            foreach (var id in ids)
            {
                if (!IsSeen(topic, function, id) && !IsRefused(topic, peer, id) && once.Add(id))
                    wanted.Add((id, function));
            }
        }
        if (wanted.Count == 0)
            return;
        _sampler.Keep(wanted, _options.MaxIHaveLength - peer.IdsAsked);
        peer.IdsAsked += wanted.Count;
        foreach (var (id, _) in wanted)
            Outbox(peer).IWant.Add(id);
        // One of them at random must come: the peer does not know which.
        var (promised, form) = _sampler.Pick(wanted);
        if (form is not null)
            _promises.Add(peer.Id, new OtherId(form, promised), now);
    }

    private bool IsSeen(GossipTopic topic, MessageIdFunction? function, PubsubMessageId id) =>
        function is null ? _seen.TryResolve(id, OtherFunctions, out _)
        : function == topic.OwnFunction ? _seen.Contains(id)
        : _seen.Contains(new OtherId(function, id));

    private void ReceiveIWant(GossipPeer peer, List<PubsubMessageId> ids)
    {
        if (ids.Count == 0 || !Count(peer, ++peer.IWantMessages) || Score(peer) < _options.Score.GossipThreshold)
            return;
        HashSet<PubsubMessageId> once = [];
        foreach (var id in ids)
        {
            if (once.Count >= _options.MaxIHaveLength)
                break;
            if (!_seen.TryResolve(id, OtherFunctions, out var own) || !once.Add(own))
                continue;
            if (_cache.Request(own, peer.Id, out var count) is { } message && count <= _options.GossipRetransmission)
                _effects.Enqueue(new GossipsubEffect.SendMessage(peer, message));
        }
    }

    /// <summary>Whether a peer's so manieth message of one kind in a heartbeat is taken; one that is far beyond that is punished, once a heartbeat.</summary>
    private bool Count(GossipPeer peer, int messages)
    {
        if (messages == Flood * _options.MaxIHaveMessages)
            _score.AddPenalty(peer.Id, 1);
        return messages <= _options.MaxIHaveMessages;
    }

    private void ReceiveIDontWant(GossipPeer peer, List<PubsubMessageId> ids)
    {
        foreach (var id in ids)
        {
            if (++peer.DontWantIds > _options.MaxIDontWantIds)
                return;
            peer.DontWant[id] = _ticks;
            if (_seen.TryResolve(id, OtherFunctions, out var own))
                _effects.Enqueue(new GossipsubEffect.CancelMessage(peer, own));
        }
    }

    private void ExpireDontWant(GossipPeer peer)
    {
        foreach (var (id, tick) in peer.DontWant)
        {
            if (_ticks - tick >= DontWantTicks)
                peer.DontWant.Remove(id);
        }
    }

    /// <summary>Whether a peer has said that it does not want a message.</summary>
    private static bool IsUnwanted(GossipTopic topic, GossipPeer peer, GossipMessage message) =>
        peer.DontWant.Count > 0 && IdFor(topic, peer, message) is var id && id != default && peer.DontWant.ContainsKey(id);

    /// <summary>Tells the mesh not to send a large message that is here.</summary>
    private void SendIDontWant(GossipTopic topic, GossipMessage message, PeerId from)
    {
        if (message.Data.Length < _options.IDontWantThreshold)
            return;
        foreach (var peer in topic.Mesh)
        {
            if (!peer.SpeaksIDontWant || peer.Id == from || peer.Id == message.From)
                continue;
            var id = IdFor(topic, peer, message);
            if (id != default)
                Outbox(peer).IDontWant.Add(id);
        }
    }
}
