using System.Globalization;
using Libp2p;
using Tincan.Chat.Rooms;

namespace Tincan.Chat;

/// <summary>Events as lines for people. All that came from the network is escaped.</summary>
internal static class EventText
{
    /// <summary>What the further lines of a message begin with.</summary>
    public const string Continuation = "  | ";

    /// <summary>Lines of one message that are shown: nobody fills the screen with empty ones.</summary>
    public const int MaxLines = 100;

    /// <summary>What stands behind a message that the disk refused.</summary>
    public const string NotSaved = " (not saved)";

    /// <summary>The lines that tell an event; none where a person needs not hear of it.</summary>
    public static IEnumerable<string> Lines(ChatEvent chatEvent) => chatEvent switch
    {
        ReadyEvent e => Ready(e),
        ConnectEvent e => [$"* {Short(e.Peer)} connected, at {e.Addr} ({e.Security}, {e.Muxer})"],
        DisconnectEvent e => [$"* {Escape(e.Label ?? Short(e.Peer))} is gone: {Escape(e.Reason)}"],
        NameEvent { Room: null } e => [$"* you are {Escape(e.Name)}"],
        NameEvent e => [e.Name.Length > 0 ? $"* {Short(e.From)} is called {Escape(e.Label)}" : $"* {Short(e.From)} has no name any more"],
        MessageEvent e => Message((e.Room == RoomName.Workshop.Name ? "" : $"[{Escape(e.Room)}] ") + Prefix(e), e.Text, e.NotSaved),
        DirectEvent e => Message(Prefix(e), e.Text, e.NotSaved),
        DirectSentEvent { Text: { } text } e => Message(Prefix(e), text, e.NotSaved),
        DirectSentEvent or StatsEvent => [],
        JoinEvent e => [$"* you are in {Escape(e.Room)}: a line goes there"],
        LeaveEvent e => [$"* you have left {Escape(e.Room)}{(e.View is null ? "" : $"; a line goes to {Escape(e.View)} now")}"],
        UnreadEvent e => [$"* there is something new in {Escape(e.Room)}: /join {Escape(e.Room)} shows it"],
        PingEvent e => [string.Create(CultureInfo.InvariantCulture, $"* {Short(e.Peer)} answered in {e.RttMs:0.###} ms")],
        ErrorEvent e => [$"tincan: {Escape(e.Message)}{(e.Hint is null ? "" : $"; {Escape(e.Hint)}")}"],
        PeersEvent e => e.Items.Count == 0 ? ["* nobody is connected"] : e.Items.SelectMany(Peer),
        RoomsEvent e => e.Items.Count == 0 ? ["* you are in no room: /join one"] : e.Items.Select(Room),
        WhoEvent e => e.Items.Count == 0 ? [$"* nobody else is in {Escape(e.Room)}"] : e.Items.Select(Who),
        HistoryEvent e => e.Items.Count == 0 ? ["* nothing was said here before"] : Items(e.Items, showRoom: false),
        SearchEvent e => e.Items.Count == 0 ? ["* nothing with these words was said"] : Items(e.Items, showRoom: true),
        NoticeEvent e => e.Lines.Select(l => $"* {Escape(l)}"),
        PerfEvent e => [string.Create(CultureInfo.InvariantCulture, $"* {e.Up} bytes up, {e.Down} down in {e.Seconds:0.###} s: {e.Mbit:0.#} Mbit/s")],
        _ => [ChatJson.Write(chatEvent)],
    };

    /// <summary>The invitations that a person can pass on: the command that a friend types.</summary>
    public static IReadOnlyList<(string For, string Command)> Invitations(ReadyEvent ready)
    {
        var addresses = ready.Addrs.Select(a => Multiaddress.Parse(a)).ToList();
        var elsewhere = Best(addresses, AddressScope.Public) ?? Best(addresses, AddressScope.Private);
        var here = Best(addresses, AddressScope.Loopback) ?? elsewhere;
        List<(string, string)> invitations = [];
        if (elsewhere is not null)
            invitations.Add(("a friend on this network types", $"tincan chat --dial {elsewhere}"));
        if (here is not null)
            invitations.Add(("in another terminal here", $"tincan chat --guest --dial {here}"));
        return invitations;
    }

    /// <summary>What a message of a room begins with.</summary>
    public static string Prefix(MessageEvent e) => e.IsOwn ? "<you> " : $"<{Escape(e.Label)}> ";

    /// <summary>What a direct message begins with.</summary>
    public static string Prefix(DirectEvent e) => $"<{Escape(e.Label ?? Short(e.From))} → you> ";

    /// <summary>What a direct message that was sent begins with.</summary>
    public static string Prefix(DirectSentEvent e) => $"<you → {Escape(e.Label ?? Short(e.To))}> ";

    /// <summary>What a message of the history begins with: when and where it was said, and who said it.</summary>
    public static (string When, string Who) Prefix(MessageItem item, bool showRoom)
    {
        var time = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(item.Recorded), TimeZoneInfo.Local);
        var where = showRoom && item.Room is { } room && room != RoomName.Workshop.Name ? $"[{Escape(room)}] " : "";
        var who = item.Sent ? "you" : Escape(item.Label);
        var to = item.With is not { } with ? "" : item.Sent ? $" → {Short(with)}" : " → you";
        return (time.ToString("MM-dd HH:mm ", CultureInfo.InvariantCulture) + where, $"<{who}{to}> ");
    }

    /// <summary>A message: what precedes its first line, and a mark before each further line, so that none can pass for another's.</summary>
    public static IEnumerable<string> Message(string prefix, string text, bool? notSaved = null)
    {
        var lines = text.TrimEnd('\r', '\n').Split('\n', MaxLines + 1);
        var count = Math.Min(lines.Length, MaxLines);
        for (var i = 0; i < count; i++)
        {
            var end = i < count - 1 ? "" : (lines.Length > MaxLines ? " …" : "") + (notSaved == true ? NotSaved : "");
            yield return prefix + Escape(lines[i].TrimEnd('\r')) + end;
            prefix = Continuation;
        }
    }

    /// <summary>The part of a peer id that people tell peers apart by.</summary>
    public static string Short(string peer) => PeerId.TryParse(peer, out var id) ? id.ToShortString() : Escape(peer);

    /// <summary>Makes text from the network fit to be shown.</summary>
    public static string Escape(string text) => PrintableText.Escape(text, ChatLimits.MaxDirectBytes);

    private static IEnumerable<string> Ready(ReadyEvent e)
    {
        yield return $"* you are {e.Peer}";
        foreach (var address in e.Addrs)
            yield return $"* listening on {address}";
        foreach (var (who, command) in Invitations(e))
            yield return $"* {who}: {command}";
    }

    private static Multiaddress? Best(List<Multiaddress> addresses, AddressScope scope) =>
        addresses.Find(a => a.Scope == scope && a.Contains(MultiaddressProtocols.Ip4)) ?? addresses.Find(a => a.Scope == scope);

    private static IEnumerable<string> Items(IReadOnlyList<MessageItem> items, bool showRoom)
    {
        foreach (var item in items)
        {
            var (when, who) = Prefix(item, showRoom);
            foreach (var line in Message(when + who, item.Text))
                yield return line;
        }
    }

    /// <summary>A connected peer in two lines: who it is, and what is held of it.</summary>
    public static IEnumerable<string> Peer(PeerItem item)
    {
        yield return $"* {(item.Name is null ? "" : $"{Escape(item.Label)}, ")}{item.Peer}{Agent(item.Agent)}";
        List<string> facts = [$"at {item.Addr} ({item.Security}, {item.Muxer})"];
        if (item.RttMs is { } ms)
            facts.Add(string.Create(CultureInfo.InvariantCulture, $"{ms:0.###} ms"));
        if (item.Score is { } score)
            facts.Add(string.Create(CultureInfo.InvariantCulture, $"score {score:0.##}"));
        if (item.Mesh.Count > 0)
            facts.Add($"in the mesh of {Escape(string.Join(' ', item.Mesh))}");
        if (item.Chat == false)
            facts.Add("takes no direct messages");
        if (item.Ignored)
            facts.Add("ignored");
        if (item.Dropped > 0)
            facts.Add(string.Create(CultureInfo.InvariantCulture, $"{item.Dropped} messages dropped"));
        yield return "    " + string.Join(", ", facts);
    }

    private static string Room(RoomItem item)
    {
        var unread = item.Unread > 0 ? string.Create(CultureInfo.InvariantCulture, $", {item.Unread} unread") : "";
        return string.Create(CultureInfo.InvariantCulture, $"* {Escape(item.Room)}: {item.Peers} connected peers{unread}{(item.View ? " (in view: a line goes there)" : "")}");
    }

    private static string Who(WhoItem item) => $"* {(item.Name is null ? "" : $"{Escape(item.Label)}, ")}{item.Peer}{Agent(item.Agent)}{(item.Connected ? "" : ", not connected here")}";

    private static string Agent(string? agent) => agent is { Length: > 0 } ? $", {PrintableText.Escape(agent, 80)}" : "";
}
