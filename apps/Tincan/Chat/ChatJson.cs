using System.Text.Json;
using System.Text.Json.Serialization;
using Tincan.Chat.Rooms;

namespace Tincan.Chat;

/// <summary>The events as JSON, one object a line. What is not of printable ASCII is escaped, so a line is safe on a terminal too.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(ReadyEvent))]
[JsonSerializable(typeof(ConnectEvent))]
[JsonSerializable(typeof(DisconnectEvent))]
[JsonSerializable(typeof(NameEvent))]
[JsonSerializable(typeof(DirectEvent))]
[JsonSerializable(typeof(DirectSentEvent))]
[JsonSerializable(typeof(PingEvent))]
[JsonSerializable(typeof(PerfEvent))]
[JsonSerializable(typeof(IdentifyEvent))]
[JsonSerializable(typeof(ErrorEvent))]
[JsonSerializable(typeof(PeersEvent))]
[JsonSerializable(typeof(WhoEvent))]
[JsonSerializable(typeof(MessageEvent))]
[JsonSerializable(typeof(UnreadEvent))]
[JsonSerializable(typeof(JoinEvent))]
[JsonSerializable(typeof(LeaveEvent))]
[JsonSerializable(typeof(StatsEvent))]
[JsonSerializable(typeof(RoomsEvent))]
[JsonSerializable(typeof(HistoryEvent))]
[JsonSerializable(typeof(SearchEvent))]
[JsonSerializable(typeof(NoticeEvent))]
[JsonSerializable(typeof(StepEvent))]
[JsonSerializable(typeof(VerdictEvent))]
[JsonSerializable(typeof(MessageItem))]
internal sealed partial class ChatJson : JsonSerializerContext
{
    /// <summary>Writes an event on one line, without its end.</summary>
    public static string Write(ChatEvent chatEvent) => JsonSerializer.Serialize(chatEvent, chatEvent.GetType(), Default);

    /// <summary>Writes a message of the history on one line, without its end.</summary>
    public static string Write(MessageItem item) => JsonSerializer.Serialize(item, Default.MessageItem);
}
