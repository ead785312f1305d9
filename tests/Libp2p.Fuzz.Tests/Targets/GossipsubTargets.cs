using System.Text;
using Libp2p.Protocols.Gossipsub;

namespace Libp2p.Fuzz.Tests.Targets;

/// <summary>What pubsub reads.</summary>
internal static class GossipsubTargets
{
    private static readonly PeerId Peer = Of();

    public static FuzzTarget GossipsubRpc()
    {
        var content = new RpcContent();
        content.Subscriptions.Add(new("news", Subscribe: true));
        content.IHave.Add(new("news", [new([1, 2, 3]), new([4])]));
        content.IWant.Add(new([5, 6]));
        content.Graft.Add("news");
        content.Prune.Add(new("news", 60, [new(Peer, new byte[] { 7 })]));
        content.IDontWant.Add(new([8]));
        var seeds = RpcCodec.Write(content).ConvertAll(f => f[1..]);
        seeds.Add(MessageSignature.Create(null, "news", "text"u8, 1, MessageIds.DataHash).Part.ToArray());
        return new(nameof(GossipsubRpc), seeds, input =>
        {
            var read = new RpcContent();
            List<Range> messages = [];
            var result = RpcCodec.Read(input, messages, read);
            if (result == RpcResult.Malformed)
                return false;
            FuzzViolation.Unless(read.Subscriptions.Count <= RpcCodec.MaxSubscriptions, "takes more subscriptions than its bound");
            var ids = read.IHave.SelectMany(h => h.Ids).Concat(read.IWant).Concat(read.IDontWant).Sum(id => id.Span.Length);
            FuzzViolation.Unless(ids <= RpcCodec.MaxControlLength, "takes more control than its bound");
            FuzzViolation.Unless(read.Prune.All(p => p.Peers.Count <= RpcCodec.MaxExchangedPeers), "takes more peers than its bound");
            foreach (var range in messages)
                FuzzViolation.Unless(range.End.Value <= input.Length && range.Start.Value <= range.End.Value, "tells of a message outside of the RPC");
            foreach (var frame in RpcCodec.Write(read))
            {
                var length = frame.AsSpan(frame.Length <= 128 ? 1 : frame[1] < 0x80 ? 2 : 3);
                FuzzViolation.Unless(RpcCodec.Read(length, messages, new RpcContent()) == RpcResult.Ok, "does not read what it writes");
            }
            return true;
        })
        { Iterations = 150_000, MaxLength = 1024, AllocationPerByte = 1024 };
    }

    public static FuzzTarget GossipsubMessage()
    {
        using var identity = IdentityTargets.Of(KeyType.Ed25519);
        var signed = MessageSignature.Create(identity, "news", "text"u8, 7, MessageIds.Origin);
        return new(nameof(GossipsubMessage), [Body(signed), Body(MessageSignature.Create(null, "news", "text"u8, 1, MessageIds.DataHash))], input =>
        {
            if (!MessageCodec.TryRead(input, out var fields))
                return false;
            var part = MessageCodec.Encode(fields, out var data);
            FuzzViolation.Unless(part.AsSpan(data).SequenceEqual(fields.Data), "does not find the data in what it wrote");
            FuzzViolation.Unless(MessageCodec.TryGetBody(part, out var body) && MessageCodec.TryRead(body, out var again)
                && again.From.SequenceEqual(fields.From) && again.Data.SequenceEqual(fields.Data) && again.HasData == fields.HasData
                && again.SequenceNumber.SequenceEqual(fields.SequenceNumber) && again.Topic.SequenceEqual(fields.Topic)
                && again.Signature.SequenceEqual(fields.Signature) && again.Key.SequenceEqual(fields.Key), "does not read back what it writes");
            if (MessageSignature.Check(fields, SignaturePolicy.StrictSign) != MessageRefusal.None || !PeerId.TryDecode(fields.From, out var from))
                return true;
            var topic = Encoding.UTF8.GetString(fields.Topic);
            var message = MessageSignature.Make(fields, topic, from, MessageSignature.FormId(MessageIds.Origin, fields, topic, from));
            var isGood = MessageSignature.Verify(message) == MessageRefusal.None;
            FuzzViolation.Unless(!isGood || message.Data.Span.SequenceEqual("text"u8), "takes a forged message");
            return true;
        })
        { Iterations = 50_000 };
    }

    private static byte[] Body(GossipMessage message) => MessageCodec.TryGetBody(message.Part.Span, out var body) ? body.ToArray() : [];

    private static PeerId Of()
    {
        using var identity = IdentityTargets.Of(KeyType.Ed25519);
        return identity.PeerId;
    }
}
