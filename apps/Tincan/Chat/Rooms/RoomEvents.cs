using System.Text.Json.Serialization;

namespace Tincan.Chat.Rooms;

/// <summary>Somebody, perhaps this chat itself, said something in a room.</summary>
/// <param name="Room">The room, as a person types it.</param>
/// <param name="Topic">The room's topic.</param>
/// <param name="From">Who.</param>
/// <param name="Name">What that peer says that it is called.</param>
/// <param name="Text">What.</param>
/// <param name="Id">The message's own id: a claim.</param>
/// <param name="Created">When it was written, in ms since 1970: a claim, or when it was recorded where there is none.</param>
internal sealed record MessageEvent(string Room, string Topic, string From, string? Name, string Text, string? Id, long Created) : ChatEvent("message")
{
    /// <summary>True where the disk refused it; null where it is kept.</summary>
    public bool? NotSaved { get; init; }

    /// <summary>How its sender is shown to people.</summary>
    [JsonIgnore]
    public string Label { get; init; } = "";

    /// <summary>Whether it is this chat's own.</summary>
    [JsonIgnore]
    public bool IsOwn { get; init; }
}

/// <summary>There is something in a room that is not in view.</summary>
/// <param name="Room">The room.</param>
internal sealed record UnreadEvent(string Room) : ChatEvent("unread");

/// <summary>This chat is in a room, which is now in view.</summary>
internal sealed record JoinEvent(string Room, string Topic) : ChatEvent("join");

/// <summary>This chat is not in a room any more.</summary>
/// <param name="Room">The room that was left.</param>
/// <param name="View">The room in view now; null where there is none.</param>
internal sealed record LeaveEvent(string Room, string? View) : ChatEvent("leave");

/// <summary>Somebody says to whom it is connected.</summary>
internal sealed record StatsEvent(string From, IReadOnlyList<string> Peers) : ChatEvent("stats");

/// <summary>The rooms.</summary>
internal sealed record RoomsEvent(IReadOnlyList<RoomItem> Items) : ChatEvent("rooms");

/// <summary>A room that this chat is in.</summary>
/// <param name="Room">The room, as a person types it.</param>
/// <param name="Topic">Its topic.</param>
/// <param name="Peers">Connected peers that are in it.</param>
/// <param name="Unread">Messages that nobody has seen here.</param>
/// <param name="View">Whether a plain line goes there.</param>
internal sealed record RoomItem(string Room, string Topic, int Peers, int Unread, bool View);

/// <summary>Who is in a room.</summary>
internal sealed record WhoEvent(string Room, IReadOnlyList<WhoItem> Items) : ChatEvent("who");

/// <summary>Somebody in a room.</summary>
/// <param name="Peer">Who.</param>
/// <param name="Name">What it says that it is called.</param>
/// <param name="Agent">The program that it says it runs.</param>
/// <param name="Connected">Whether it is connected with this chat; others are reached through those that are.</param>
/// <param name="Spoke">When it spoke last, in ms since 1970; null where it has not.</param>
internal sealed record WhoItem(string Peer, string? Name, string? Agent, bool Connected, long? Spoke)
{
    /// <summary>How it is shown to people.</summary>
    [JsonIgnore]
    public string Label { get; init; } = "";
}

/// <summary>What was said before in the room in view.</summary>
internal sealed record HistoryEvent(IReadOnlyList<MessageItem> Items) : ChatEvent("history");

/// <summary>What was said before with some words in it.</summary>
internal sealed record SearchEvent(IReadOnlyList<MessageItem> Items) : ChatEvent("search");
