using System.Text.Json.Serialization;

namespace Tincan.Chat;

/// <summary>Something that a person, or the program that drives the chat, is told. Texts from the network in it are as they came: a view escapes them.</summary>
/// <param name="Event">Its name in JSON.</param>
internal abstract record ChatEvent([property: JsonPropertyOrder(-1)] string Event);

/// <summary>The chat listens.</summary>
internal sealed record ReadyEvent(string Peer, IReadOnlyList<string> Addrs) : ChatEvent("ready");

/// <summary>A peer is connected.</summary>
internal sealed record ConnectEvent(string Peer, string Addr, string Security, string Muxer) : ChatEvent("connect");

/// <summary>A peer's last connection has ended.</summary>
internal sealed record DisconnectEvent(string Peer, string Reason) : ChatEvent("disconnect");

/// <summary>Somebody's name: for now, our own.</summary>
internal sealed record NameEvent(string From, string Name) : ChatEvent("name");

/// <summary>A direct message, or the reply to one.</summary>
internal sealed record DirectEvent(string From, string Text) : ChatEvent("direct");

/// <summary>A direct message was read to its end by the peer.</summary>
internal sealed record DirectSentEvent(string To, string? Reply) : ChatEvent("direct-sent");

/// <summary>A round trip.</summary>
internal sealed record PingEvent(string Peer, double RttMs) : ChatEvent("ping");

/// <summary>A measurement: bytes each way, and over all of it seconds and megabits (10⁶) a second.</summary>
internal sealed record PerfEvent(long Up, long Down, double Seconds, double Mbit) : ChatEvent("perf")
{
    /// <summary>Megabits a second of the upload alone.</summary>
    public double UpMbit { get; init; }

    /// <summary>Megabits a second of the download alone.</summary>
    public double DownMbit { get; init; }
}

/// <summary>What a peer says of itself.</summary>
internal sealed record IdentifyEvent(string Peer, string Addr, string? Agent, string? Protocol, string Key, string? Observed, IReadOnlyList<string> Addrs, IReadOnlyList<string> Protocols) : ChatEvent("identify");

/// <summary>Something did not work.</summary>
internal sealed record ErrorEvent(string Op, string Message) : ChatEvent("error")
{
    /// <summary>What a person can do about it.</summary>
    public string? Hint { get; init; }

    /// <summary>Whom it concerns.</summary>
    public string? Peer { get; init; }
}

/// <summary>The peers that are connected.</summary>
internal sealed record PeersEvent(IReadOnlyList<PeerItem> Items) : ChatEvent("peers");

/// <summary>A connected peer.</summary>
internal sealed record PeerItem(string Peer, string Addr, string Security, string Muxer, string? Agent, double? RttMs, bool? Chat, bool Ignored, long Dropped);

/// <summary>The peers that take messages.</summary>
internal sealed record WhoEvent(IReadOnlyList<WhoItem> Items) : ChatEvent("who");

/// <summary>A peer that takes messages.</summary>
internal sealed record WhoItem(string Peer, string? Agent);

/// <summary>Lines for a person who asked: the help, what is ignored.</summary>
internal sealed record NoticeEvent(IReadOnlyList<string> Lines) : ChatEvent("notice");
