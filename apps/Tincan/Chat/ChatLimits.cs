namespace Tincan.Chat;

/// <summary>The bounds of the chat.</summary>
internal static class ChatLimits
{
    /// <summary>Bytes of UTF-8 in a text of a room.</summary>
    public const int MaxTextBytes = 32 * 1024;

    /// <summary>Bytes of UTF-8 in a direct message or a reply.</summary>
    public const int MaxDirectBytes = 64 * 1024;

    /// <summary>Bytes of UTF-8 in a name.</summary>
    public const int MaxNameBytes = 64;

    /// <summary>Rooms that a chat is in.</summary>
    public const int MaxRooms = 32;

    /// <summary>Bytes of UTF-8 in the name of a room.</summary>
    public const int MaxRoomBytes = 256;

    /// <summary>Messages that /history and /search show at most.</summary>
    public const int MaxHistoryItems = 1000;

    /// <summary>Characters of a line of input; what is longer cannot be a message, and is not kept.</summary>
    public const int MaxInputLength = 128 * 1024;
}
