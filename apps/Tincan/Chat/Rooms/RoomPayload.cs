namespace Tincan.Chat.Rooms;

/// <summary>What a message of a room says. Its texts are as they came, within their bounds.</summary>
internal abstract record RoomPayload;

/// <summary>Somebody says something.</summary>
/// <param name="Text">What.</param>
/// <param name="Id">The message's id: a claim.</param>
/// <param name="Created">When it was written, in ms since 1970: a claim.</param>
internal sealed record TextPayload(string Text, string? Id, long? Created) : RoomPayload;

/// <summary>Somebody says what it is called.</summary>
internal sealed record NamePayload(string Name) : RoomPayload;

/// <summary>Somebody says whom it is connected to.</summary>
internal sealed record StatsPayload(IReadOnlyList<string> Peers) : RoomPayload;
