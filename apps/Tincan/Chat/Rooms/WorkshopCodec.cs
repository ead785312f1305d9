using System.Diagnostics.CodeAnalysis;
using System.Text;
using Google.Protobuf;
using Libp2p;
using Tincan.Chat.Wire;

namespace Tincan.Chat.Rooms;

/// <summary>The workshop's messages of a room, each one protobuf. Any bytes are safe: what does not decode is a false.</summary>
internal static class WorkshopCodec
{
    /// <summary>Bytes of a message that are looked at: the longest text with what is around it, and the longest list of peers.</summary>
    public const int MaxBytes = 64 * 1024;

    /// <summary>Peers of one message of statistics that are taken.</summary>
    public const int MaxPeers = 256;

    private const int MaxIdBytes = 128;
    private const int MaxPeerBytes = 128;

    private static readonly MessageParser<Request> Parser = Request.Parser.WithDiscardUnknownFields(true);

    /// <summary>Writes a text.</summary>
    public static byte[] EncodeText(string text, string id, long created) => new Request
    {
        Type = Request.Types.Type.SendMessage,
        SendMessage = new SendMessage { Data = ByteString.CopyFromUtf8(text), Created = created, Id = ByteString.CopyFromUtf8(id) },
    }.ToByteArray();

    /// <summary>Writes a name.</summary>
    public static byte[] EncodeName(string name) => new Request
    {
        Type = Request.Types.Type.UpdatePeer,
        UpdatePeer = new UpdatePeer { UserHandle = ByteString.CopyFromUtf8(name) },
    }.ToByteArray();

    /// <summary>Writes to whom this node is connected; of very many only the first. It says that it is what the workshop's Node peers are, as there is no number of our own.</summary>
    public static byte[] EncodeStats(IEnumerable<PeerId> peers) => new Request
    {
        Type = Request.Types.Type.Stats,
        Stats = new Stats { ConnectedPeers = { peers.Take(MaxPeers).Select(p => ByteString.CopyFromUtf8(p.ToString())) }, NodeType = Stats.Types.NodeType.Nodejs },
    }.ToByteArray();

    /// <summary>Reads a message.</summary>
    /// <returns>False where it is none, or says nothing within the bounds of the chat.</returns>
    public static bool TryRead(ReadOnlySpan<byte> data, [NotNullWhen(true)] out RoomPayload? payload)
    {
        payload = WireMessage.TryParse(Parser, data, MaxBytes, out var request) ? Read(request) : null;
        return payload is not null;
    }

    private static RoomPayload? Read(Request request) => request switch
    {
        { HasType: false } => null,
        { Type: Request.Types.Type.SendMessage, SendMessage: { } sent } => ReadText(sent),
        { Type: Request.Types.Type.UpdatePeer, UpdatePeer: { } update } => new NamePayload(ChatText.Cut(update.UserHandle.Span, ChatLimits.MaxNameBytes).Trim()),
        { Type: Request.Types.Type.Stats, Stats: { } stats } => new StatsPayload(ReadPeers(stats)),
        _ => null,
    };

    private static TextPayload? ReadText(SendMessage sent)
    {
        if (sent.Data.Length is 0 or > ChatLimits.MaxTextBytes)
            return null;
        var id = sent.Id.Length is > 0 and <= MaxIdBytes ? Encoding.UTF8.GetString(sent.Id.Span) : null;
        return new TextPayload(Encoding.UTF8.GetString(sent.Data.Span), id, sent.HasCreated ? sent.Created : null);
    }

    private static List<string> ReadPeers(Stats stats)
    {
        List<string> peers = [];
        foreach (var bytes in stats.ConnectedPeers.Take(MaxPeers))
        {
            if (bytes.Length <= MaxPeerBytes && PeerId.TryParse(Encoding.UTF8.GetString(bytes.Span), out var peer))
                peers.Add(peer.ToString());
        }
        return peers;
    }
}
