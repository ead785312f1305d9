namespace Libp2p.Protocols.Gossipsub;

/// <summary>What becomes of an RPC that a peer has sent: its messages are looked at where they lie, and copied only where they are new.</summary>
internal sealed class MessageIntake(
    GossipsubOptions options, PeerId self, Subscriptions subscriptions, GossipsubStatistics statistics, GossipsubRouter router, Func<PeerId, bool> isBlocked)
{
    private readonly KnownAuthors _authors = new();

    /// <summary>Takes an RPC.</summary>
    /// <param name="link">Who sent it.</param>
    /// <param name="rpc">The RPC without its length.</param>
    /// <param name="messages">A list to be used again for each.</param>
    /// <exception cref="Libp2pException"><see cref="Libp2pError.ProtocolViolation"/>: it is no RPC. Whoever catches it has the peer blamed.</exception>
    public void Take(PeerLink link, ReadOnlySpan<byte> rpc, List<Range> messages)
    {
        if (!router.Accepts(link.Peer))
            return;
        messages.Clear();
        var content = new RpcContent();
        var result = RpcCodec.Read(rpc, messages, content);
        if (result == RpcResult.Excess)
            router.Advance(new GossipsubInput.PeerMisbehaved(link.Peer));
        if (result == RpcResult.Malformed)
            throw new Libp2pException(Libp2pError.ProtocolViolation, $"{link.Peer} sent something that is no RPC.");
        statistics.ControlReceived(content);
        if (!content.IsEmpty)
            router.Advance(new GossipsubInput.RpcReceived(link.Peer, content));
        foreach (var range in messages)
            TakeMessage(link, rpc[range]);
    }

    /// <summary>A message's signature was checked.</summary>
    public void Checked(PeerId from, GossipMessage message, MessageRefusal refusal)
    {
        if (refusal != MessageRefusal.None)
            Refuse(from, message.Topic, refusal, message);
        else
            router.Advance(new GossipsubInput.MessageVerified(from, message));
    }

    private void TakeMessage(PeerLink link, ReadOnlySpan<byte> body)
    {
        statistics.Received();
        if (!MessageCodec.TryRead(body, out var fields))
        {
            router.Advance(new GossipsubInput.PeerMisbehaved(link.Peer));
            statistics.Refused(MessageRefusal.Malformed);
            return;
        }
        if (subscriptions.Find(fields.Topic) is not { } topic)
            return;
        PeerId? author = null;
        var refusal = MessageSignature.Check(fields, options.SignaturePolicy);
        if (refusal == MessageRefusal.None && fields.Data.Length > options.MaxMessageLength)
            refusal = MessageRefusal.TooLarge;
        if (refusal == MessageRefusal.None && !fields.From.IsEmpty && !_authors.TryGet(fields.From, out author))
            refusal = MessageRefusal.Malformed;
        if (refusal != MessageRefusal.None)
        {
            Refuse(link.Peer, topic, refusal, null);
            return;
        }
        // What this node wrote it has; an echo of an earlier life harms nobody.
        if (author is not null && (author == self || isBlocked(author)))
        {
            statistics.Refused(author == self ? MessageRefusal.OwnMessage : MessageRefusal.Blocked);
            return;
        }
        var id = FormId(topic, author, fields);
        if (id == default)
        {
            Refuse(link.Peer, topic, MessageRefusal.NoId, null);
            return;
        }
        if (router.TryBegin(link.Peer, topic, author, id, fields, body) is not { } message)
            statistics.Duplicate();
        else if (message.IsSigned)
            link.Checks.Add(message);
        else
            router.Advance(new GossipsubInput.MessageVerified(link.Peer, message));
    }

    /// <summary>Forms this node's id. Where anything goes, what has no author is known by its content.</summary>
    private PubsubMessageId FormId(string topic, PeerId? author, in MessageFields fields)
    {
        var function = options.FunctionFor(topic, PubsubPeerKind.Specified);
        var id = function is null ? default : MessageSignature.FormId(function, fields, topic, author);
        return id == default && options.SignaturePolicy == SignaturePolicy.LaxSign ? MessageSignature.FormId(MessageIds.DataHash, fields, topic, author) : id;
    }

    private void Refuse(PeerId from, string topic, MessageRefusal refusal, GossipMessage? message)
    {
        router.Advance(new GossipsubInput.MessageRefused(from, topic, message));
        statistics.Refused(refusal);
    }
}
