using System.Text;
using Libp2p;
using Tincan.Chat.History;

namespace Tincan.Chat.Rooms;

// What comes in.
internal sealed partial class ChatRooms
{
    private async Task ReadAsync(Room room)
    {
        try
        {
            await foreach (var message in room.Subscription.WithCancellation(_stop.Token).ConfigureAwait(false))
            {
                if (message.MissedBefore > 0)
                    await Tell(Missed(room, message.MissedBefore)).ConfigureAwait(false);
                await ReceiveAsync(room, message).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The chat ends.
        }
    }

    private async ValueTask ReceiveAsync(Room room, PubsubMessage message)
    {
        // Whoever says nothing of who it is, says nothing here; and nobody else says that it is this chat.
        if (message.From is not { } from || IsIgnored(from) || (from == _node.Identity.PeerId && !message.IsSigned))
            return;
        // Judged before anything is decoded: what is dropped costs nothing more.
        var verdict = _rates.Count(from, _node.TimeProvider.GetElapsedTime(0));
        if (verdict == RateVerdict.DropAndTell)
            await Tell(ErrorEvent.Flood(from)).ConfigureAwait(false);
        if (verdict != RateVerdict.Take || Read(room, message.Data.Span) is not { } payload)
            return;
        room.Heard(from, Now());
        switch (payload)
        {
            case TextPayload text:
                await RecordAsync(room, from, message, text).ConfigureAwait(false);
                break;
            case NamePayload { Name: var name } when from != _node.Identity.PeerId && Names.Set(from, name):
                await Tell(new NameEvent(from.ToString(), name) { Label = Names.Label(from), Room = room.Name.Name }).ConfigureAwait(false);
                break;
            case StatsPayload stats:
                await Tell(new StatsEvent(from.ToString(), stats.Peers)).ConfigureAwait(false);
                break;
        }
    }

    private static RoomPayload? Read(Room room, ReadOnlySpan<byte> data)
    {
        if (!room.Name.IsRawText)
            return WorkshopCodec.TryRead(data, out var payload) ? payload : null;
        return data.Length is > 0 and <= ChatLimits.MaxTextBytes ? new TextPayload(Encoding.UTF8.GetString(data), null, null) : null;
    }

    private async ValueTask RecordAsync(Room room, PeerId from, PubsubMessage message, TextPayload text)
    {
        var entry = new HistoryEntry
        {
            Conversation = room.Name.Topic,
            From = from.ToString(),
            Name = Names.Find(from),
            Text = text.Text,
            Id = text.Id,
            Created = text.Created,
            Recorded = Now(),
            // Its own from before a crash may come back by others.
            Sent = from == _node.Identity.PeerId,
            Unread = IsUnseen(room),
        };
        var once = Once(room, from, message.IsSigned ? message.SequenceNumber : null, message.Data.Span);
        await _history.RecordAsync(entry, once, (e, r) => TellMessageAsync(room, from, e, r), _stop.Token).ConfigureAwait(false);
    }

    private static ErrorEvent Missed(Room room, long count) =>
        new("receive", $"{count} messages in {room.Name} came faster than they could be kept, and are lost") { Hint = "/peers shows who sends much, and /ignore PEER drops it" };
}
