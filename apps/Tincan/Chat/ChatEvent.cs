using System.Text.Json.Serialization;
using Libp2p;

namespace Tincan.Chat;

/// <summary>Something that a person, or the program that drives the chat, is told. Texts from the network in it are as they came: a view escapes them.</summary>
/// <param name="Event">Its name in JSON.</param>
internal abstract record ChatEvent([property: JsonPropertyOrder(-1)] string Event);

/// <summary>The chat listens.</summary>
internal sealed record ReadyEvent(string Peer, IReadOnlyList<string> Addrs) : ChatEvent("ready");

/// <summary>A peer is connected.</summary>
internal sealed record ConnectEvent(string Peer, string Addr, string Security, string Muxer) : ChatEvent("connect");

/// <summary>A peer's last connection has ended.</summary>
internal sealed record DisconnectEvent(string Peer, string Reason) : ChatEvent("disconnect")
{
    /// <summary>How it is shown to people.</summary>
    [JsonIgnore]
    public string? Label { get; init; }
}

/// <summary>What somebody is called.</summary>
/// <param name="From">Who.</param>
/// <param name="Name">The name; empty where it was taken back.</param>
internal sealed record NameEvent(string From, string Name) : ChatEvent("name")
{
    /// <summary>The room where it was said; null for our own.</summary>
    public string? Room { get; init; }

    /// <summary>How that peer is shown to people from now on.</summary>
    [JsonIgnore]
    public string Label { get; init; } = "";
}

/// <summary>A direct message, or the reply to one.</summary>
internal sealed record DirectEvent(string From, string Text) : ChatEvent("direct")
{
    /// <summary>What that peer says that it is called.</summary>
    public string? Name { get; init; }

    /// <summary>True where the disk refused it; null where it is kept.</summary>
    public bool? NotSaved { get; init; }

    /// <summary>How its sender is shown to people.</summary>
    [JsonIgnore]
    public string? Label { get; init; }
}

/// <summary>A direct message was read to its end by the peer.</summary>
internal sealed record DirectSentEvent(string To, string? Reply) : ChatEvent("direct-sent")
{
    /// <summary>What was sent.</summary>
    public string? Text { get; init; }

    /// <summary>True where the disk refused it; null where it is kept.</summary>
    public bool? NotSaved { get; init; }

    /// <summary>How its receiver is shown to people.</summary>
    [JsonIgnore]
    public string? Label { get; init; }
}

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

    /// <summary>A peer sends more than it may. Told once for each.</summary>
    public static ErrorEvent Flood(PeerId peer) => new("receive", $"{peer} sends more messages than anyone could read: what is too much is dropped")
    {
        Peer = peer.ToString(),
        Hint = $"/ignore {peer.ToShortString()} drops all of it, and /peers counts it",
    };
}

/// <summary>The peers that are connected.</summary>
internal sealed record PeersEvent(IReadOnlyList<PeerItem> Items) : ChatEvent("peers");

/// <summary>A connected peer.</summary>
internal sealed record PeerItem(string Peer, string Addr, string Security, string Muxer)
{
    /// <summary>What it says that it is called.</summary>
    public string? Name { get; init; }

    /// <summary>The program that it says it runs.</summary>
    public string? Agent { get; init; }

    /// <summary>The round trip to it; null where it does not answer.</summary>
    public double? RttMs { get; init; }

    /// <summary>Whether it takes direct messages; null where it has not said.</summary>
    public bool? Chat { get; init; }

    /// <summary>The rooms in whose mesh it is: to which messages go through it first.</summary>
    public IReadOnlyList<string> Mesh { get; init; } = [];

    /// <summary>What pubsub holds of it, above zero for good; null where it speaks no pubsub.</summary>
    public double? Score { get; init; }

    /// <summary>Whether it is passed over.</summary>
    public bool Ignored { get; init; }

    /// <summary>Messages of it that were dropped because there were too many.</summary>
    public long Dropped { get; init; }

    /// <summary>How it is shown to people.</summary>
    [JsonIgnore]
    public string Label { get; init; } = "";
}

/// <summary>Lines for a person who asked: the help, what is ignored.</summary>
internal sealed record NoticeEvent(IReadOnlyList<string> Lines) : ChatEvent("notice");

/// <summary>A step of a diagnosis: its result is ok, absent or failed.</summary>
internal sealed record StepEvent(string Step, string Result, string Detail) : ChatEvent("step")
{
    /// <summary>How long it took.</summary>
    public double? Ms { get; init; }

    /// <summary>What a person can do about it.</summary>
    public string? Hint { get; init; }
}

/// <summary>The end of a diagnosis.</summary>
internal sealed record VerdictEvent(bool Ok, string Detail) : ChatEvent("verdict");
