using System.Globalization;
using Libp2p;

namespace Tincan.Chat;

/// <summary>Events as lines for people. All that came from the network is escaped.</summary>
internal static class EventText
{
    /// <summary>What the further lines of a message begin with.</summary>
    public const string Continuation = "  | ";

    /// <summary>The lines that tell an event; none where a person needs not hear of it.</summary>
    public static IEnumerable<string> Lines(ChatEvent chatEvent) => chatEvent switch
    {
        ReadyEvent e => Ready(e),
        ConnectEvent e => [$"* {Short(e.Peer)} connected, at {e.Addr} ({e.Security}, {e.Muxer})"],
        DisconnectEvent e => [$"* {Short(e.Peer)} is gone: {Escape(e.Reason)}"],
        NameEvent e => [$"* you are {Escape(e.Name)}; peers will see it once there are rooms, which are not in this version"],
        DirectEvent e => Message($"<{Short(e.From)}> ", e.Text),
        DirectSentEvent => [],
        PingEvent e => [string.Create(CultureInfo.InvariantCulture, $"* {Short(e.Peer)} answered in {e.RttMs:0.###} ms")],
        ErrorEvent e => [$"tincan: {Escape(e.Message)}{(e.Hint is null ? "" : $"; {Escape(e.Hint)}")}"],
        PeersEvent e => e.Items.Count == 0 ? ["* nobody is connected"] : e.Items.Select(Peer),
        WhoEvent e => e.Items.Count == 0 ? ["* nobody is here who takes messages"] : e.Items.Select(i => $"* {i.Peer}{Agent(i.Agent)}"),
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

    /// <summary>A message: what precedes its first line, and a mark before each further line, so that none can pass for another's.</summary>
    public static IEnumerable<string> Message(string prefix, string text)
    {
        foreach (var line in text.TrimEnd('\r', '\n').Split('\n'))
        {
            yield return prefix + Escape(line.TrimEnd('\r'));
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

    private static string Peer(PeerItem item)
    {
        var round = item.RttMs is { } ms ? string.Create(CultureInfo.InvariantCulture, $", {ms:0.###} ms") : "";
        var dropped = item.Dropped > 0 ? $", {item.Dropped} messages dropped" : "";
        return $"* {item.Peer} at {item.Addr}{Agent(item.Agent)}{round}{(item.Chat == false ? ", takes no messages" : "")}{(item.Ignored ? ", ignored" : "")}{dropped}";
    }

    private static string Agent(string? agent) => agent is { Length: > 0 } ? $", {PrintableText.Escape(agent, 80)}" : "";
}
