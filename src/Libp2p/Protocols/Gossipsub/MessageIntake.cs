using System.Runtime.InteropServices;

namespace Libp2p.Protocols.Gossipsub;

/// <summary>What becomes of an RPC that a peer has sent: its messages are looked at where they lie, and copied only where they are new.</summary>
internal sealed class MessageIntake(
    GossipsubOptions options, PeerId self, Subscriptions subscriptions, GossipsubStatistics statistics, GossipsubRouter router, Func<PeerId, bool> isBlocked)
{
    private const int MaxTogether = 64;

    private readonly KnownAuthors _authors = new();

    /// <summary>Takes an RPC.</summary>
    /// <param name="link">Who sent it.</param>
    /// <param name="rpc">The RPC without its length.</param>
    /// <param name="lists">Lists to be used again for each.</param>
    /// <exception cref="Libp2pException"><see cref="Libp2pError.ProtocolViolation"/>: it is no RPC. Whoever catches it has the peer blamed.</exception>
    public void Take(PeerLink link, ReadOnlySpan<byte> rpc, IntakeLists lists)
    {
        if (!router.Accepts(link.Peer))
            return;
        lists.Clear();
        var content = lists.Content;
        var result = RpcCodec.Read(rpc, lists.Messages, content);
        if (result == RpcResult.Excess)
            router.Advance(new GossipsubInput.PeerMisbehaved(link.Peer));
        if (result == RpcResult.Malformed)
            throw new Libp2pException(Libp2pError.ProtocolViolation, $"{link.Peer} sent something that is no RPC.");
        statistics.ControlReceived(content);
        if (!content.IsEmpty)
            router.Advance(new GossipsubInput.RpcReceived(link.Peer, content));
        // The machine's lock is taken for many messages together, but not for so many that others wait for long.
        for (var next = 0; next < lists.Messages.Count; next += MaxTogether)
            TakeMessages(link, rpc, CollectionsMarshal.AsSpan(lists.Messages)[next..Math.Min(next + MaxTogether, lists.Messages.Count)], lists);
    }

    /// <summary>A message's signature was checked.</summary>
    public void Checked(PeerId from, GossipMessage message, MessageRefusal refusal)
    {
        router.Advance(refusal == MessageRefusal.None ? new GossipsubInput.MessageVerified(from, message) : new GossipsubInput.MessageForged(from, message));
        if (refusal != MessageRefusal.None)
            statistics.Refused(refusal);
    }

    private void TakeMessages(PeerLink link, ReadOnlySpan<byte> rpc, ReadOnlySpan<Range> bodies, IntakeLists lists)
    {
        foreach (var body in bodies)
            TakeMessage(link, rpc, body, lists.Arrivals);
        router.Receive(link.Peer, rpc, CollectionsMarshal.AsSpan(lists.Arrivals), lists.Signed);
        foreach (var message in lists.Signed)
            link.Checks.Add(message);
        lists.Arrivals.Clear();
        lists.Signed.Clear();
    }

    /// <summary>Looks at a message: what it is known by is formed before the machine's lock is taken, since that costs the most.</summary>
    private void TakeMessage(PeerLink link, ReadOnlySpan<byte> rpc, Range body, List<MessageArrival> arrivals)
    {
        statistics.Received();
        if (!MessageCodec.TryRead(rpc[body], out var fields))
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
        // What this node wrote it has; an echo of an earlier life harms nobody.
        if (refusal == MessageRefusal.None && author is not null)
            refusal = author == self ? MessageRefusal.OwnMessage : isBlocked(author) ? MessageRefusal.Blocked : MessageRefusal.None;
        var id = refusal == MessageRefusal.None ? FormId(topic, author, fields) : default;
        if (refusal == MessageRefusal.None && id == default)
            refusal = MessageRefusal.NoId;
        if (refusal != MessageRefusal.None)
        {
            router.Refuse(link.Peer, topic, refusal, fields, author);
            statistics.Refused(refusal);
            return;
        }
        arrivals.Add(new MessageArrival(body, topic, author, id));
    }

    /// <summary>Forms this node's id. Where anything goes, what has no author is known by its content.</summary>
    private PubsubMessageId FormId(string topic, PeerId? author, in MessageFields fields)
    {
        var function = options.FunctionFor(topic, PubsubPeerKind.Specified);
        var id = function is null ? default : MessageSignature.FormId(function, fields, topic, author);
        return id == default && options.SignaturePolicy == SignaturePolicy.LaxSign ? MessageSignature.FormId(MessageIds.DataHash, fields, topic, author) : id;
    }
}

/// <summary>A message in an RPC, of the right form, that may be new.</summary>
/// <param name="Body">Where it lies in the RPC.</param>
/// <param name="Topic">Its topic.</param>
/// <param name="Author">Its author; null where it names none.</param>
/// <param name="Id">This node's id.</param>
internal readonly record struct MessageArrival(Range Body, string Topic, PeerId? Author, PubsubMessageId Id);

/// <summary>What one reader's RPCs are taken apart into, one after the other.</summary>
internal sealed class IntakeLists
{
    public RpcContent Content { get; private set; } = new();

    /// <summary>Where each message lies in the RPC.</summary>
    public List<Range> Messages { get; } = [];

    public List<MessageArrival> Arrivals { get; } = [];

    public List<GossipMessage> Signed { get; } = [];

    public void Clear()
    {
        Messages.Clear();
        // What control said may still be referred to.
        if (!Content.IsEmpty)
            Content = new RpcContent();
    }
}
