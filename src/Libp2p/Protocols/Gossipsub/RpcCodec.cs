using System.Text;
using System.Text.Unicode;

namespace Libp2p.Protocols.Gossipsub;

/// <summary>
/// The RPC of pubsub (pubsub specification, "The RPC"; gossipsub v1.0 to v1.2, "Protobuf"). Read in place: messages are told by where
/// they lie, and nothing beyond the bounds is ever made.
/// </summary>
internal static partial class RpcCodec
{
    /// <summary>Subscription changes that are read of one RPC, and sent in one.</summary>
    public const int MaxSubscriptions = 100;

    /// <summary>Bytes of subscriptions and control that are read of one RPC, and sent in one.</summary>
    public const int MaxControlLength = 16 * 1024;

    /// <summary>Messages that are read of one RPC.</summary>
    public const int MaxMessages = 5000;

    /// <summary>Peers that are read of one prune.</summary>
    public const int MaxExchangedPeers = 16;

    private const int SubscriptionField = 1;
    private const int PublishField = 2;
    private const int ControlField = 3;
    private const int IHaveField = 1;
    private const int IWantField = 2;
    private const int GraftField = 3;
    private const int PruneField = 4;
    private const int IDontWantField = 5;

    /// <summary>Reads an RPC without its length prefix. Bytes of any content and length are safe.</summary>
    /// <param name="rpc">What a peer sent.</param>
    /// <param name="messages">Gets where each message lies in it.</param>
    /// <param name="content">Gets the rest.</param>
    public static RpcResult Read(ReadOnlySpan<byte> rpc, List<Range> messages, RpcContent content)
    {
        var reader = new ProtobufReader(rpc);
        var budget = MaxControlLength;
        var result = RpcResult.Ok;
        while (!reader.AtEnd)
        {
            if (!reader.TryReadTag(out var field, out var wireType))
                return RpcResult.Malformed;
            if (wireType != ProtobufReader.LengthDelimited || field is not (SubscriptionField or PublishField or ControlField))
            {
                if (!reader.TrySkip(wireType))
                    return RpcResult.Malformed;
                continue;
            }
            if (!reader.TryReadBytes(out var part))
                return RpcResult.Malformed;
            result = Worse(result, field switch
            {
                PublishField => AddMessage(rpc, part, messages),
                SubscriptionField => ReadSubscription(part, content, ref budget),
                _ => ReadControl(part, content, ref budget),
            });
            if (result == RpcResult.Malformed)
                return result;
        }
        return result;
    }

    private static RpcResult Worse(RpcResult left, RpcResult right) => left > right ? left : right;

    private static bool Spend(ref int budget, int length)
    {
        if (length > budget)
            return false;
        budget -= length;
        return true;
    }

    private static RpcResult AddMessage(ReadOnlySpan<byte> rpc, ReadOnlySpan<byte> message, List<Range> messages)
    {
        if (messages.Count >= MaxMessages)
            return RpcResult.Excess;
        if (!rpc.Overlaps(message, out var offset))
            offset = 0;
        messages.Add(new Range(offset, offset + message.Length));
        return RpcResult.Ok;
    }

    private static RpcResult ReadSubscription(ReadOnlySpan<byte> part, RpcContent content, ref int budget)
    {
        if (content.Subscriptions.Count >= MaxSubscriptions || !Spend(ref budget, part.Length))
            return RpcResult.Excess;
        var reader = new ProtobufReader(part);
        ReadOnlySpan<byte> topic = default;
        var subscribe = false;
        while (!reader.AtEnd)
        {
            if (!reader.TryReadTag(out var field, out var wireType))
                return RpcResult.Malformed;
            if (field == 1 && wireType == ProtobufReader.Varint)
            {
                if (!reader.TryReadVarint(out var value))
                    return RpcResult.Malformed;
                subscribe = value != 0;
            }
            else if (!(field == 2 && wireType == ProtobufReader.LengthDelimited ? reader.TryReadBytes(out topic) : reader.TrySkip(wireType)))
            {
                return RpcResult.Malformed;
            }
        }
        if (!TryReadTopic(topic, out var name))
            return RpcResult.Excess;
        content.Subscriptions.Add(new(name, subscribe));
        return RpcResult.Ok;
    }

    private static RpcResult ReadControl(ReadOnlySpan<byte> control, RpcContent content, ref int budget)
    {
        var reader = new ProtobufReader(control);
        var result = RpcResult.Ok;
        while (!reader.AtEnd)
        {
            if (!reader.TryReadTag(out var field, out var wireType))
                return RpcResult.Malformed;
            if (wireType != ProtobufReader.LengthDelimited)
            {
                if (!reader.TrySkip(wireType))
                    return RpcResult.Malformed;
                continue;
            }
            if (!reader.TryReadBytes(out var part))
                return RpcResult.Malformed;
            result = Worse(result, field switch
            {
                IHaveField => ReadIHave(part, content.IHave, ref budget),
                IWantField => ReadIds(part, 1, content.IWant, ref budget),
                GraftField => ReadGraft(part, content.Graft, ref budget),
                PruneField => ReadPrune(part, content.Prune, ref budget),
                IDontWantField => ReadIds(part, 1, content.IDontWant, ref budget),
                _ => RpcResult.Ok,
            });
            if (result == RpcResult.Malformed)
                return result;
        }
        return result;
    }

    private static RpcResult ReadIHave(ReadOnlySpan<byte> part, List<IHave> haves, ref int budget)
    {
        List<PubsubMessageId> ids = [];
        var result = ReadIds(part, 2, ids, ref budget);
        if (result == RpcResult.Malformed || !TryFindBytes(part, 1, out var topic))
            return RpcResult.Malformed;
        if (!TryReadTopic(topic, out var name))
            return RpcResult.Excess;
        haves.Add(new(name, ids));
        return result;
    }

    /// <summary>
    /// Reads the ids that stand in a repeated field. The ids that the budget has no room for are left out, for which nobody is to
    /// blame: js-libp2p names up to 5000 in one RPC.
    /// </summary>
    private static RpcResult ReadIds(ReadOnlySpan<byte> part, int idField, List<PubsubMessageId> ids, ref int budget)
    {
        var reader = new ProtobufReader(part);
        var result = RpcResult.Ok;
        while (!reader.AtEnd)
        {
            if (!reader.TryReadTag(out var field, out var wireType))
                return RpcResult.Malformed;
            if (field != idField || wireType != ProtobufReader.LengthDelimited)
            {
                if (!reader.TrySkip(wireType))
                    return RpcResult.Malformed;
                continue;
            }
            if (!reader.TryReadBytes(out var id))
                return RpcResult.Malformed;
            if (id.IsEmpty || id.Length > PubsubMessageId.MaxLength)
                result = RpcResult.Excess;
            else if (Spend(ref budget, id.Length + 2))
                ids.Add(new PubsubMessageId(id));
        }
        return result;
    }

    private static RpcResult ReadGraft(ReadOnlySpan<byte> part, List<string> grafts, ref int budget)
    {
        if (!TryFindBytes(part, 1, out var topic))
            return RpcResult.Malformed;
        if (!Spend(ref budget, part.Length + 2) || !TryReadTopic(topic, out var name))
            return RpcResult.Excess;
        grafts.Add(name);
        return RpcResult.Ok;
    }

    private static RpcResult ReadPrune(ReadOnlySpan<byte> part, List<Prune> prunes, ref int budget)
    {
        var reader = new ProtobufReader(part);
        ReadOnlySpan<byte> topic = default;
        ulong? backoff = null;
        List<ExchangedPeer> peers = [];
        var result = RpcResult.Ok;
        while (!reader.AtEnd)
        {
            if (!reader.TryReadTag(out var field, out var wireType))
                return RpcResult.Malformed;
            switch (field, wireType)
            {
                case (1, ProtobufReader.LengthDelimited):
                    if (!reader.TryReadBytes(out topic))
                        return RpcResult.Malformed;
                    break;
                case (2, ProtobufReader.LengthDelimited):
                    if (!reader.TryReadBytes(out var peer))
                        return RpcResult.Malformed;
                    result = Worse(result, ReadExchangedPeer(peer, peers));
                    break;
                case (3, ProtobufReader.Varint):
                    if (!reader.TryReadVarint(out var seconds))
                        return RpcResult.Malformed;
                    backoff = seconds;
                    break;
                default:
                    if (!reader.TrySkip(wireType))
                        return RpcResult.Malformed;
                    break;
            }
            if (result == RpcResult.Malformed)
                return result;
        }
        if (!Spend(ref budget, part.Length + 2) || !TryReadTopic(topic, out var name))
            return RpcResult.Excess;
        prunes.Add(new(name, backoff, peers));
        return result;
    }

    private static RpcResult ReadExchangedPeer(ReadOnlySpan<byte> part, List<ExchangedPeer> peers)
    {
        if (!TryFindBytes(part, 1, out var id) || !TryFindBytes(part, 2, out var record))
            return RpcResult.Malformed;
        if (peers.Count >= MaxExchangedPeers || !PeerId.TryDecode(id, out var peer))
            return RpcResult.Excess;
        peers.Add(new(peer, record.ToArray()));
        return RpcResult.Ok;
    }

    /// <summary>Finds the last occurrence of a length-delimited field; nothing where there is none. False where the message is malformed.</summary>
    private static bool TryFindBytes(ReadOnlySpan<byte> message, int wanted, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        var reader = new ProtobufReader(message);
        while (!reader.AtEnd)
        {
            if (!reader.TryReadTag(out var field, out var wireType))
                return false;
            if (!(field == wanted && wireType == ProtobufReader.LengthDelimited ? reader.TryReadBytes(out bytes) : reader.TrySkip(wireType)))
                return false;
        }
        return true;
    }

    private static bool TryReadTopic(ReadOnlySpan<byte> utf8, out string topic)
    {
        topic = "";
        if (utf8.Length is 0 or > IPubsub.MaxTopicLength || !Utf8.IsValid(utf8))
            return false;
        topic = Encoding.UTF8.GetString(utf8);
        return true;
    }
}
