using System.Text.Json.Serialization;

namespace Tincan.Chat;

/// <summary>Something that a person, or the program that drives the chat, is told. Texts from the network in it are as they came: a view escapes them.</summary>
internal abstract record ChatEvent
{
    /// <summary>The event's name in JSON.</summary>
    [JsonPropertyOrder(-1)]
    public abstract string Event { get; }
}

/// <summary>The chat listens.</summary>
internal sealed record ReadyEvent(string Peer, IReadOnlyList<string> Addrs) : ChatEvent
{
    public override string Event => "ready";
}

/// <summary>A peer is connected.</summary>
internal sealed record ConnectEvent(string Peer, string Addr, string Security, string Muxer) : ChatEvent
{
    public override string Event => "connect";
}

/// <summary>A peer's last connection has ended.</summary>
internal sealed record DisconnectEvent(string Peer, string Reason) : ChatEvent
{
    public override string Event => "disconnect";
}

/// <summary>Somebody's name: for now, our own.</summary>
internal sealed record NameEvent(string From, string Name) : ChatEvent
{
    public override string Event => "name";
}

/// <summary>A direct message, or the reply to one.</summary>
internal sealed record DirectEvent(string From, string Text) : ChatEvent
{
    public override string Event => "direct";
}

/// <summary>A direct message was read to its end by the peer.</summary>
internal sealed record DirectSentEvent(string To, string? Reply) : ChatEvent
{
    public override string Event => "direct-sent";
}

/// <summary>A round trip.</summary>
internal sealed record PingEvent(string Peer, double RttMs) : ChatEvent
{
    public override string Event => "ping";
}

/// <summary>A measurement: bytes each way, and over all of it seconds and megabits (10⁶) a second.</summary>
internal sealed record PerfEvent(long Up, long Down, double Seconds, double Mbit) : ChatEvent
{
    /// <summary>Megabits a second of the upload alone.</summary>
    public double UpMbit { get; init; }

    /// <summary>Megabits a second of the download alone.</summary>
    public double DownMbit { get; init; }

    public override string Event => "perf";
}

/// <summary>What a peer says of itself.</summary>
internal sealed record IdentifyEvent(string Peer, string Addr, string? Agent, string? Protocol, string Key, string? Observed, IReadOnlyList<string> Addrs, IReadOnlyList<string> Protocols) : ChatEvent
{
    public override string Event => "identify";
}

/// <summary>Something did not work.</summary>
internal sealed record ErrorEvent(string Op, string Message) : ChatEvent
{
    /// <summary>What a person can do about it.</summary>
    public string? Hint { get; init; }

    /// <summary>Whom it concerns.</summary>
    public string? Peer { get; init; }

    public override string Event => "error";
}

/// <summary>The peers that are connected.</summary>
internal sealed record PeersEvent(IReadOnlyList<PeerItem> Items) : ChatEvent
{
    public override string Event => "peers";
}

/// <summary>A connected peer.</summary>
internal sealed record PeerItem(string Peer, string Addr, string Security, string Muxer, string? Agent, double? RttMs, bool? Chat, bool Ignored, long Dropped);

/// <summary>The peers that take messages.</summary>
internal sealed record WhoEvent(IReadOnlyList<WhoItem> Items) : ChatEvent
{
    public override string Event => "who";
}

/// <summary>A peer that takes messages.</summary>
internal sealed record WhoItem(string Peer, string? Agent);

/// <summary>Lines for a person who asked: the help, what is ignored.</summary>
internal sealed record NoticeEvent(IReadOnlyList<string> Lines) : ChatEvent
{
    public override string Event => "notice";
}
