using System.Text.Json.Serialization;
using Tincan.Chat.History;
using Tincan.Chat.Rooms;

namespace Tincan.Chat;

/// <summary>A message of the history as programs read it: in /history, in /search and in what is exported.</summary>
/// <param name="Room">The room, as a person types it; null for a direct message.</param>
/// <param name="Topic">The room's topic.</param>
/// <param name="With">With whom a direct message was exchanged.</param>
/// <param name="From">The peer that said it.</param>
/// <param name="Name">What that peer was called then.</param>
/// <param name="Text">What it said.</param>
/// <param name="Id">The message's own id: a claim of its sender.</param>
/// <param name="Created">When it was written, in ms since 1970: a claim of its sender.</param>
/// <param name="Recorded">When it was recorded here, in ms since 1970.</param>
/// <param name="Sent">Whether it is ours.</param>
/// <param name="Unread">Whether nobody has seen it here yet.</param>
internal sealed record MessageItem(
    string? Room, string? Topic, string? With, string From, string? Name, string Text, string? Id, long? Created, long Recorded, bool Sent, bool Unread)
{
    /// <summary>How its sender is shown to people.</summary>
    [JsonIgnore]
    public string Label { get; init; } = "";

    /// <summary>The item of a message.</summary>
    public static MessageItem Of(HistoryEntry entry)
    {
        var with = Conversations.PeerOf(entry.Conversation);
        return new MessageItem(
            with is null ? RoomName.OfTopic(entry.Conversation).Name : null, with is null ? entry.Conversation : null, with,
            entry.From, entry.Name, entry.Text, entry.Id, entry.Created, entry.Recorded, entry.Sent, entry.Unread);
    }
}
