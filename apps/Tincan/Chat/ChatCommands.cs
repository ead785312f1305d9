using System.Text;
using Libp2p;
using Libp2p.Protocols.Ping;
using Tincan.Commands;

namespace Tincan.Chat;

/// <summary>Carries out what a person, or the program that drives the chat, types.</summary>
internal sealed class ChatCommands
{
    private static readonly string[] Help =
    [
        "a line goes to every connected peer that takes messages; one that begins with // is sent with one slash",
        "/msg PEER TEXT    to one peer: its id, or the end of it that the chat shows",
        "/dial ADDRESS     connects to a peer, such as /ip4/192.0.2.1/tcp/4001/p2p/12D3Koo…",
        "/peers /who       who is connected; who takes messages",
        "/ping PEER        the round trip to a peer",
        "/name NAME        what you are called",
        "/ignore [PEER]    passes over what a peer sends; alone, shows who is ignored; /unignore PEER takes it back",
        "/addrs            where this chat listens, and an invitation",
        "/quit             says goodbye and ends",
    ];

    private readonly ChatSession _session;
    private readonly PingService _ping;

    /// <summary>Creates it.</summary>
    public ChatCommands(ChatSession session, PingService ping)
    {
        _session = session;
        _ping = ping;
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
                case null:
                    await SayAsync(input.Argument).ConfigureAwait(false);
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
    /// <returns>Whether it is connected.</returns>
    public async Task<bool> DialAsync(Multiaddress address, CancellationToken cancellationToken)
    {
        try
        {
            await _session.Node.ConnectAsync(address, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Libp2pException e)
        {
            await _session.TellFailureAsync("dial", e, address.PeerId).ConfigureAwait(false);
            return false;
        }
    }

    private async ValueTask RunAsync(ChatInput input, CancellationToken cancellationToken)
    {
        switch (input.Command)
        {
            case "msg":
                await MessageAsync(input).ConfigureAwait(false);
                break;
            case "dial":
                await DialAsync(ParseAddress(input.Argument), cancellationToken).ConfigureAwait(false);
                break;
            case "peers":
                await PeersAsync().ConfigureAwait(false);
                break;
            case "who":
                await WhoAsync().ConfigureAwait(false);
                break;
            case "ping":
                await PingAsync(FindPeer(input.Argument), cancellationToken).ConfigureAwait(false);
                break;
            case "name":
                await _session.TellAsync(new NameEvent(_session.Node.Identity.PeerId.ToString(), CheckName(input.Argument))).ConfigureAwait(false);
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
            case "join" or "leave" or "rooms":
                throw new CommandException("rooms are not in this version", "a plain line goes to every connected peer that takes messages");
            case "history" or "search":
                throw new CommandException("history is not in this version", "what is not on the screen any more is gone");
            default:
                throw new CommandException($"there is no command /{input.Command}", "/help shows those that there are");
        }
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

    private async ValueTask SayAsync(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return;
        Check(text, ChatLimits.MaxTextBytes);
        var recipients = await _session.FindRecipientsAsync().ConfigureAwait(false);
        if (recipients.Count == 0)
            throw new CommandException("nobody is here who takes messages", "/dial somebody, or pass an invitation on: /addrs shows it");
        foreach (var peer in recipients)
            await _session.Outbox.AddAsync(peer, text).ConfigureAwait(false);
    }

    private async ValueTask MessageAsync(ChatInput input)
    {
        var (to, text) = input.Split();
        if (text.Length == 0)
            throw new CommandException("/msg takes a peer and a text", "write it as in /msg 4fGkLm2Q good morning");
        Check(text, ChatLimits.MaxDirectBytes);
        await _session.Outbox.AddAsync(FindPeer(to), text).ConfigureAwait(false);
    }

    private async ValueTask PingAsync(PeerId peer, CancellationToken cancellationToken)
    {
        var roundTrip = await _ping.PingAsync(peer, cancellationToken).ConfigureAwait(false);
        await _session.TellAsync(new PingEvent(peer.ToString(), roundTrip.TotalMilliseconds)).ConfigureAwait(false);
    }

    private async ValueTask PeersAsync()
    {
        List<PeerItem> items = [];
        foreach (var connection in _session.Node.Connections.DistinctBy(c => c.RemotePeer))
        {
            var peer = connection.RemotePeer;
            var info = await _session.Node.PeerStore.GetAsync(peer).ConfigureAwait(false);
            items.Add(new PeerItem(
                peer.ToString(), connection.RemoteAddress.ToString(), connection.Security.ToString(), connection.Muxer.ToString(), info?.AgentVersion,
                _session.Node.GetRoundTripTime(peer)?.TotalMilliseconds, await _session.SpeaksChatAsync(peer).ConfigureAwait(false),
                _session.Ignored.Contains(peer), _session.Dropped(peer)));
        }
        await _session.TellAsync(new PeersEvent(items)).ConfigureAwait(false);
    }

    private async ValueTask WhoAsync()
    {
        List<WhoItem> items = [];
        foreach (var peer in await _session.FindRecipientsAsync().ConfigureAwait(false))
            items.Add(new WhoItem(peer.ToString(), (await _session.Node.PeerStore.GetAsync(peer).ConfigureAwait(false))?.AgentVersion));
        await _session.TellAsync(new WhoEvent(items)).ConfigureAwait(false);
    }

    private async ValueTask IgnoreAsync(ChatInput input)
    {
        if (input.Argument.Length > 0)
            _session.SetIgnored(FindPeer(input.Argument), input.Command == "ignore");
        var ignored = _session.Ignored.Select(p => $"ignored: {p}").ToList();
        await _session.TellAsync(new NoticeEvent(ignored.Count == 0 ? ["nobody is ignored"] : ignored)).ConfigureAwait(false);
    }

    /// <summary>The peer of an id, or of the end of one that no other connected or ignored peer has.</summary>
    private PeerId FindPeer(string text)
    {
        if (PeerId.TryParse(text, out var peer))
            return peer;
        const int shortest = 4;
        var found = text.Length < shortest
            ? []
            : _session.Node.Peers.Concat(_session.Ignored).Distinct().Where(p => p.ToString().EndsWith(text, StringComparison.Ordinal)).ToList();
        return found switch
        {
            [var only] => only,
            [] => throw new CommandException($"there is no peer {text} here", "/peers shows who is; a whole peer id names anyone"),
            _ => throw new CommandException($"{found.Count} peers end in {text}", "write more of the peer id"),
        };
    }

    private static Multiaddress ParseAddress(string text) => Multiaddress.TryParse(text, out var address, out var error)
        ? address
        : throw new CommandException(error.TrimEnd('.'), "write it as in /dial /ip4/192.0.2.1/tcp/4001");

    private static void Check(string text, int max)
    {
        if (Encoding.UTF8.GetByteCount(text) > max)
            throw new CommandException($"that message is longer than the {max} bytes that are sent", "send it in parts");
    }
}
