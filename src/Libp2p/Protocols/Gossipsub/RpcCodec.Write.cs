using System.Text;

namespace Libp2p.Protocols.Gossipsub;

internal static partial class RpcCodec
{
    /// <summary>Writes subscriptions and control as RPCs behind their lengths, none above <see cref="MaxControlLength"/>, since others drop what is longer.</summary>
    /// <returns>The frames in order; none where there is nothing to say.</returns>
    public static List<byte[]> Write(RpcContent content)
    {
        var frames = new RpcFrames();
        foreach (var (topic, subscribe) in content.Subscriptions)
        {
            var name = Encoding.UTF8.GetBytes(topic);
            var part = new byte[2 + ProtobufWriter.FieldLength(name.Length)];
            var writer = new ProtobufWriter(part);
            writer.WriteVarintField(1, subscribe ? 1u : 0u);
            writer.WriteBytesField(2, name);
            frames.AddSubscription(part);
        }
        foreach (var topic in content.Graft)
            frames.AddControl(GraftField, Field(1, Encoding.UTF8.GetBytes(topic)));
        foreach (var prune in content.Prune)
            frames.AddControl(PruneField, EncodePrune(prune));
        frames.AddIds(IWantField, null, content.IWant);
        frames.AddIds(IDontWantField, null, content.IDontWant);
        foreach (var (topic, ids) in content.IHave)
            frames.AddIds(IHaveField, topic, ids);
        return frames.Finish();
    }

    private static byte[] EncodePrune(in Prune prune)
    {
        var name = Encoding.UTF8.GetBytes(prune.Topic);
        var peers = prune.Peers.Take(MaxExchangedPeers).Select(p => Concat(Field(1, p.Peer.Span), Field(2, p.SignedRecord.Span))).ToList();
        var backoff = prune.BackoffSeconds is { } seconds ? 1 + ProtobufWriter.VarintLength(seconds) : 0;
        // The records of many peers may be more than others read: those that do not fit are left out.
        var room = MaxControlLength / 2;
        peers.RemoveAll(p => (room -= ProtobufWriter.FieldLength(p.Length)) < 0);
        var bytes = new byte[ProtobufWriter.FieldLength(name.Length) + peers.Sum(p => ProtobufWriter.FieldLength(p.Length)) + backoff];
        var writer = new ProtobufWriter(bytes);
        writer.WriteBytesField(1, name);
        foreach (var peer in peers)
            writer.WriteBytesField(2, peer);
        if (prune.BackoffSeconds is { } value)
            writer.WriteVarintField(3, value);
        return bytes;
    }

    private static byte[] Field(int field, ReadOnlySpan<byte> content)
    {
        var bytes = new byte[ProtobufWriter.FieldLength(content.Length)];
        new ProtobufWriter(bytes).WriteBytesField(field, content);
        return bytes;
    }

    private static byte[] Concat(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => [.. first, .. second];

    /// <summary>Gathers parts into frames: subscriptions of their own, then one control message each.</summary>
    private sealed class RpcFrames
    {
        // A frame's own headers: its length, the field of the control message, and that one's length.
        private const int Overhead = 16;

        private readonly List<byte[]> _frames = [];
        private readonly List<byte[]> _parts = [];
        private int _length;
        private bool _isControl;

        public void AddSubscription(byte[] part)
        {
            if (_parts.Count >= MaxSubscriptions)
                Cut();
            Add(Field(SubscriptionField, part), isControl: false);
        }

        public void AddControl(int field, byte[] part) => Add(Field(field, part), isControl: true);

        public void AddIds(int field, string? topic, List<PubsubMessageId> ids)
        {
            var head = topic is null ? [] : Field(1, Encoding.UTF8.GetBytes(topic));
            var idField = topic is null ? 1 : 2;
            for (var next = 0; next < ids.Count;)
            {
                var end = next;
                var length = head.Length;
                while (end < ids.Count && length + ProtobufWriter.FieldLength(ids[end].Span.Length) <= MaxControlLength - Overhead)
                    length += ProtobufWriter.FieldLength(ids[end++].Span.Length);
                var part = new byte[length];
                var writer = new ProtobufWriter(part);
                writer.WriteBytes(head);
                for (; next < end; next++)
                    writer.WriteBytesField(idField, ids[next].Span);
                AddControl(field, part);
            }
        }

        public List<byte[]> Finish()
        {
            Cut();
            return _frames;
        }

        private void Add(byte[] part, bool isControl)
        {
            if (isControl != _isControl || _length + part.Length > MaxControlLength - Overhead)
                Cut();
            _isControl = isControl;
            _parts.Add(part);
            _length += part.Length;
        }

        private void Cut()
        {
            if (_parts.Count == 0)
                return;
            var body = _isControl ? ProtobufWriter.FieldLength(_length) : _length;
            var frame = new byte[ProtobufWriter.VarintLength((ulong)body) + body];
            var writer = new ProtobufWriter(frame);
            writer.WriteVarint((ulong)body);
            if (_isControl)
                writer.WriteFieldHeader(ControlField, _length);
            foreach (var part in _parts)
                writer.WriteBytes(part);
            _frames.Add(frame);
            _parts.Clear();
            _length = 0;
        }
    }
}
