using Tincan.Chat.History;

namespace Tincan.Tests.Chat.History;

/// <summary>Messages for tests of the history.</summary>
internal static class Entries
{
    public const string Room = "/tincan/room/kitchen";

    public static HistoryEntry Of(string text, string conversation = Room, bool unread = false) => new()
    {
        Conversation = conversation,
        From = "ada",
        Name = "Ada",
        Text = text,
        Id = "id-" + text,
        Created = 1,
        Recorded = 2,
        Unread = unread,
    };
}
