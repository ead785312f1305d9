using System.Text;
using Libp2p;
using Tincan.Commands;

namespace Tincan.Chat.Rooms;

/// <summary>A room: a topic of pubsub, and what a person calls it.</summary>
internal sealed record RoomName
{
    /// <summary>The room of the workshop of 2020, which a chat joins unless told otherwise.</summary>
    public static readonly RoomName Workshop = new("/libp2p/example/chat/1.0.0");

    /// <summary>The room of the universal-connectivity chat: in browsers, Go, Rust and Node.</summary>
    public static readonly RoomName Universal = new("universal-connectivity");

    private const string Prefix = "/tincan/room/";

    private RoomName(string topic) => Topic = topic;

    /// <summary>The topic.</summary>
    public string Topic { get; }

    /// <summary>What a person types to mean it.</summary>
    public string Name => Topic.StartsWith(Prefix, StringComparison.Ordinal) && IsBare(Topic[Prefix.Length..]) ? Topic[Prefix.Length..] : Topic;

    /// <summary>Whether texts travel in it as they are, and not in the workshop's messages.</summary>
    public bool IsRawText => Topic == Universal.Topic;

    /// <summary>The room of a topic, such as the history names it.</summary>
    public static RoomName OfTopic(string topic) => new(topic);

    /// <summary>Reads what a person calls a room: a bare name is one of ours; one that begins with a slash is a topic, and so is that of universal-connectivity.</summary>
    /// <exception cref="CommandException">It is empty, too long, or has white space or characters that do not print.</exception>
    public static RoomName Parse(string text)
    {
        if (text.Length == 0)
            throw Bad("a room has a name", "write it as in /join kitchen");
        if (Encoding.UTF8.GetByteCount(text) > ChatLimits.MaxRoomBytes)
            throw Bad($"that name of a room has more than {ChatLimits.MaxRoomBytes} bytes", "choose a shorter one");
        if (text.Any(char.IsWhiteSpace) || PrintableText.Escape(text) != text)
            throw Bad("that name of a room has white space or characters that do not print", "choose one of letters and signs");
        return new RoomName(IsBare(text) ? Prefix + text : text);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static bool IsBare(string text) => text.Length > 0 && text[0] != '/' && text != Universal.Topic;

    private static CommandException Bad(string what, string nextStep) => new(what, nextStep, ExitCodes.Usage);
}
