namespace Tincan.Chat.History;

/// <summary>A message as the history keeps it. Name and text are as they came: whoever shows them escapes them.</summary>
internal sealed record HistoryEntry
{
    /// <summary>Its place: grows in the order in which messages were recorded.</summary>
    public long Place { get; init; }

    /// <summary>Where it was said: a room's topic, or <see cref="Conversations.Direct"/>.</summary>
    public required string Conversation { get; init; }

    /// <summary>The peer that said it.</summary>
    public required string From { get; init; }

    /// <summary>What that peer was called then, as far as was known.</summary>
    public string? Name { get; init; }

    /// <summary>What it said.</summary>
    public required string Text { get; init; }

    /// <summary>The message's own id: a claim of its sender.</summary>
    public string? Id { get; init; }

    /// <summary>When its sender says that it was written, in ms since 1970.</summary>
    public long? Created { get; init; }

    /// <summary>When it was recorded here, in ms since 1970.</summary>
    public required long Recorded { get; init; }

    /// <summary>Whether it is ours.</summary>
    public bool Sent { get; init; }

    /// <summary>Whether nobody has seen it here yet.</summary>
    public bool Unread { get; init; }
}

/// <summary>The names of conversations.</summary>
internal static class Conversations
{
    private const char DirectMark = '@';

    /// <summary>The direct messages with a peer. No topic of a room begins so.</summary>
    public static string Direct(string peer) => DirectMark + peer;

    /// <summary>The peer with whom a conversation of direct messages is; null where it is a room's.</summary>
    public static string? PeerOf(string conversation) => conversation.StartsWith(DirectMark) ? conversation[1..] : null;
}
