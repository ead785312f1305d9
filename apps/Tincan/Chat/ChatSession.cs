using System.Collections.Concurrent;
using Libp2p;
using Tincan.Chat.History;
using Tincan.Chat.Rooms;
using Tincan.Commands;

namespace Tincan.Chat;

/// <summary>A chat that runs: who is there, who is ignored, what is told. <see cref="ChatCommands"/> carries out what a person types.</summary>
internal sealed class ChatSession : IAsyncDisposable
{
    private readonly ChatOutput _output;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<PeerId, byte> _ignored = new();
    private readonly HashSet<PeerId> _shown = [];
    private Task _watching = Task.CompletedTask;

    /// <summary>Creates it.</summary>
    /// <param name="node">The node, which somebody else ends.</param>
    /// <param name="rooms">The rooms; ended with this.</param>
    /// <param name="inbox">Where direct messages arrive.</param>
    /// <param name="direct">What sends direct messages.</param>
    /// <param name="history">What was said; somebody else ends it.</param>
    /// <param name="output">Where it is told what happens.</param>
    public ChatSession(INode node, ChatRooms rooms, DirectInbox inbox, DirectSender direct, ChatHistory history, ChatOutput output)
    {
        Node = node;
        Rooms = rooms;
        Inbox = inbox;
        History = history;
        _output = output;
        Direct = new DirectMessages(node, rooms.Names, inbox, direct, history, TellAsync, _ignored.ContainsKey, _stop.Token);
        rooms.IsIgnored = _ignored.ContainsKey;
        rooms.Tell = TellAsync;
        history.Troubled = TellTroubleAsync;
    }

    /// <summary>The node.</summary>
    public INode Node { get; }

    /// <summary>The rooms.</summary>
    public ChatRooms Rooms { get; }

    /// <summary>Direct messages.</summary>
    public DirectMessages Direct { get; }

    /// <summary>What was said.</summary>
    public ChatHistory History { get; }

    /// <summary>Where direct messages arrive.</summary>
    public DirectInbox Inbox { get; }

    /// <summary>Who is ignored.</summary>
    public IEnumerable<PeerId> Ignored => _ignored.Keys;

    /// <summary>Begins to watch the node; call it before the node can have connections, so that none is missed.</summary>
    public void Start()
    {
        var events = Node.WatchAsync(_stop.Token);
        _watching = Task.Run(() => WatchAsync(events));
    }

    /// <summary>Tells something.</summary>
    public ValueTask TellAsync(ChatEvent chatEvent) => _output.TellAsync(chatEvent);

    /// <summary>Tells that something did not work.</summary>
    public ValueTask TellFailureAsync(string operation, Exception exception, PeerId? peer = null)
    {
        var line = FailureLine.Of(exception);
        return _output.TellAsync(new ErrorEvent(operation, line.What) { Hint = line.NextStep, Peer = peer?.ToString() });
    }

    /// <summary>Passes over a peer's messages from now on, or takes them again.</summary>
    public void SetIgnored(PeerId peer, bool ignored)
    {
        if (ignored)
            _ignored[peer] = 0;
        else
            _ignored.TryRemove(peer, out _);
    }

    /// <summary>How many messages of a sender were dropped because there were too many.</summary>
    public long Dropped(PeerId peer) => Inbox.Dropped(peer) + Rooms.Dropped(peer);

    /// <summary>Ends it: what is not sent by now is not sent any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(false);
        await Rooms.DisposeAsync().ConfigureAwait(false);
    }

    private async Task WatchAsync(IAsyncEnumerable<NodeEvent> events)
    {
        await foreach (var nodeEvent in events.ConfigureAwait(false))
        {
            switch (nodeEvent)
            {
                case PeerConnected e:
                    await ConnectedAsync(e.Connection).ConfigureAwait(false);
                    break;
                case PeerDisconnected e:
                    await DisconnectedAsync(e.Peer, e.Reason.ToString()).ConfigureAwait(false);
                    break;
                case EventsMissed:
                    await CatchUpAsync().ConfigureAwait(false);
                    break;
            }
        }
    }

    private async ValueTask ConnectedAsync(ConnectionInfo connection)
    {
        Rooms.StatsAreDue();
        if (_shown.Add(connection.RemotePeer))
        {
            await TellAsync(new ConnectEvent(
                connection.RemotePeer.ToString(), connection.RemoteAddress.ToString(), connection.Security.ToString(), connection.Muxer.ToString()))
                .ConfigureAwait(false);
        }
    }

    private async ValueTask DisconnectedAsync(PeerId peer, string reason)
    {
        Rooms.StatsAreDue();
        if (_shown.Remove(peer))
            await TellAsync(new DisconnectEvent(peer.ToString(), reason) { Label = Rooms.Names.Label(peer) }).ConfigureAwait(false);
    }

    /// <summary>Compares who is shown with who is there, after events were missed.</summary>
    private async ValueTask CatchUpAsync()
    {
        var connections = Node.Connections;
        foreach (var gone in _shown.Where(p => !connections.Any(c => c.RemotePeer == p)).ToList())
            await DisconnectedAsync(gone, "its connection has ended").ConfigureAwait(false);
        foreach (var connection in connections)
            await ConnectedAsync(connection).ConfigureAwait(false);
    }

    private ValueTask TellTroubleAsync(CommandException? trouble) => trouble is null
        ? TellAsync(new NoticeEvent(["what is said is saved again"]))
        : TellAsync(new ErrorEvent("history", $"{trouble.What}: what is said is shown, and not saved") { Hint = trouble.NextStep });
}
