using System.Text;
using Libp2p;
using Libp2p.Protocols.Ping;
using Tincan.Chat.Rooms;
using Tincan.Commands;

namespace Tincan.Chat;

/// <summary>Carries out what a person, or the program that drives the chat, types.</summary>
internal sealed class ChatCommands
{
    private static readonly string[] Help =
    [
        "a line goes to the room in view; one that begins with // is sent with one slash",
        "/join ROOM /leave [ROOM]   enters a room and takes it into view; leaves it",
        "/rooms /who [ROOM]         the rooms this chat is in; who is in one",
        "/msg PEER TEXT             to one peer: its id, the end of it that the chat shows, or its name where only one has it",
        "/name NAME                 what you are called",
        "/history [N] [PEER]        what was said before in the room in view, or with a peer",
        "/search TEXT               what was said before, anywhere, with these words",
        "/dial ADDRESS              connects to a peer, such as /ip4/192.0.2.1/tcp/4001/p2p/12D3Koo…",
        "/peers                     who is connected, and how",
        "/ping PEER                 the round trip to a peer",
        "/ignore [PEER]             passes over what a peer sends; alone, shows who is ignored; /unignore PEER takes it back",
        "/addrs                     where this chat listens, and an invitation",
        "/quit                      says goodbye and ends",
    ];

    private readonly ChatSession _session;
    private readonly PingService _ping;
    private readonly PeerLookup _peers;
    private readonly RoomCommands _rooms;
    private readonly PeerReport _report;

    /// <summary>Creates it.</summary>
    /// <param name="session">The chat.</param>
    /// <param name="ping">What measures round trips.</param>
    /// <param name="standings">What pubsub holds of each peer that speaks it.</param>
    public ChatCommands(ChatSession session, PingService ping, Func<IReadOnlyDictionary<PeerId, PeerStanding>> standings)
    {
        _session = session;
        _ping = ping;
        _peers = new PeerLookup(session);
        _rooms = new RoomCommands(session, _peers);
        _report = new PeerReport(session, ping, standings);
    }

    /// <summary>Carries out a line.</summary>
    /// <returns>False where the chat is to end.</returns>
    public async ValueTask<bool> ExecuteAsync(string line, CancellationToken cancellationToken)
    {
        var input = ChatInput.Parse(line);
        try
        {
            switch (input.Command)
            {
                case null when string.IsNullOrWhiteSpace(input.Argument):
                    break;
                case null:
                    await _session.Rooms.SayAsync(input.Argument, cancellationToken).ConfigureAwait(false);
                    break;
                case "quit" or "exit" or "q":
                    return false;
                default:
                    await RunAsync(input, cancellationToken).ConfigureAwait(false);
                    break;
            }
        }
        catch (Exception e) when (e is CommandException or Libp2pException)
        {
            await _session.TellFailureAsync(input.Command ?? "send", e).ConfigureAwait(false);
        }
        return true;
    }

    /// <summary>Connects to an address, and tells where that fails.</summary>
    /// <returns>Who answered; null where nobody did.</returns>
    public async Task<PeerId?> DialAsync(Multiaddress address, CancellationToken cancellationToken)
    {
        try
        {
            return (await _session.Node.ConnectAsync(address, cancellationToken).ConfigureAwait(false)).RemotePeer;
        }
        catch (Libp2pException e)
        {
            await _session.TellFailureAsync("dial", e, address.PeerId).ConfigureAwait(false);
            return null;
        }
    }

    /// <summary>Enters a room.</summary>
    /// <exception cref="CommandException">It cannot be entered.</exception>
    public ValueTask JoinAsync(RoomName room) => _rooms.JoinAsync(room);

    /// <summary>Takes a name, and tells it.</summary>
    public async ValueTask SetNameAsync(string name)
    {
        var self = _session.Node.Identity.PeerId;
        await _session.Rooms.SetNameAsync(name).ConfigureAwait(false);
        await _session.TellAsync(new NameEvent(self.ToString(), name)).ConfigureAwait(false);
    }

    /// <summary>What is told when the chat listens.</summary>
    public static ReadyEvent Ready(INode node) => new(node.Identity.PeerId.ToString(), [.. node.Addresses.Select(a => a.ToString())]);

    /// <summary>A name that may be used.</summary>
    /// <exception cref="CommandException">It is empty, too long, or has characters that do not print.</exception>
    public static string CheckName(string name)
    {
        var trimmed = name.Trim();
        if (trimmed.Length == 0)
            throw new CommandException("a name is not empty", "write it as in /name Ada", ExitCodes.Usage);
        if (Encoding.UTF8.GetByteCount(trimmed) > ChatLimits.MaxNameBytes)
            throw new CommandException($"that name has more than {ChatLimits.MaxNameBytes} bytes", "choose a shorter one", ExitCodes.Usage);
        return PrintableText.Escape(trimmed) == trimmed
            ? trimmed
            : throw new CommandException("that name has characters that do not print", "choose one of letters and signs", ExitCodes.Usage);
    }

    private async ValueTask RunAsync(ChatInput input, CancellationToken cancellationToken)
    {
        switch (input.Command)
        {
            case "msg":
                await MessageAsync(input).ConfigureAwait(false);
                break;
            case "join":
                await _rooms.JoinAsync(RoomName.Parse(input.Argument)).ConfigureAwait(false);
                break;
            case "leave" or "part":
                await _rooms.LeaveAsync(input.Argument).ConfigureAwait(false);
                break;
            case "rooms":
                await _rooms.RoomsAsync().ConfigureAwait(false);
                break;
            case "who":
                await _rooms.WhoAsync(input.Argument).ConfigureAwait(false);
                break;
            case "history":
                await _rooms.HistoryAsync(input.Argument).ConfigureAwait(false);
                break;
            case "search":
                await _rooms.SearchAsync(input.Argument).ConfigureAwait(false);
                break;
            case "name":
                await SetNameAsync(CheckName(input.Argument)).ConfigureAwait(false);
                break;
            case "dial":
                await DialAsync(ParseAddress(input.Argument), cancellationToken).ConfigureAwait(false);
                break;
            case "peers":
                await _session.TellAsync(await _report.MakeAsync(cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
                break;
            case "ping":
                await PingAsync(_peers.Find(input.Argument), cancellationToken).ConfigureAwait(false);
                break;
            case "ignore" or "unignore":
                await IgnoreAsync(input).ConfigureAwait(false);
                break;
            case "addrs" or "invite":
                await _session.TellAsync(Ready(_session.Node)).ConfigureAwait(false);
                break;
            case "help" or "?":
                await _session.TellAsync(new NoticeEvent(Help)).ConfigureAwait(false);
                break;
            default:
                throw new CommandException($"there is no command /{input.Command}", "/help shows those that there are");
        }
    }

    private async ValueTask MessageAsync(ChatInput input)
    {
        var (to, text) = input.Split();
        if (text.Length == 0)
            throw new CommandException("/msg takes a peer and a text", "write it as in /msg 4fGkLm2Q good morning");
        if (Encoding.UTF8.GetByteCount(text) > ChatLimits.MaxDirectBytes)
            throw new CommandException($"that message is longer than the {ChatLimits.MaxDirectBytes} bytes that are sent", "send it in parts");
        await _session.Direct.Outbox.AddAsync(_peers.Find(to), text).ConfigureAwait(false);
    }

    private async ValueTask PingAsync(PeerId peer, CancellationToken cancellationToken)
    {
        var roundTrip = await _ping.PingAsync(peer, cancellationToken).ConfigureAwait(false);
        await _session.TellAsync(new PingEvent(peer.ToString(), roundTrip.TotalMilliseconds)).ConfigureAwait(false);
    }

    private async ValueTask IgnoreAsync(ChatInput input)
    {
        if (input.Argument.Length > 0)
            _session.SetIgnored(_peers.Find(input.Argument), input.Command == "ignore");
        var ignored = _session.Ignored.Select(p => $"ignored: {p}").ToList();
        await _session.TellAsync(new NoticeEvent(ignored.Count == 0 ? ["nobody is ignored"] : ignored)).ConfigureAwait(false);
    }

    private static Multiaddress ParseAddress(string text) => Multiaddress.TryParse(text, out var address, out var error)
        ? address
        : throw new CommandException(error.TrimEnd('.'), "write it as in /dial /ip4/192.0.2.1/tcp/4001");
}
