using System.Collections.Concurrent;
using Libp2p;
using Tincan.Commands;

namespace Tincan.Chat;

/// <summary>A chat that runs: who is there, who is ignored, what is told. <see cref="ChatCommands"/> carries out what a person types.</summary>
internal sealed class ChatSession : IAsyncDisposable
{
    /// <summary>How long a new connection may take to say what it speaks, before it is simply tried.</summary>
    private static readonly TimeSpan IdentifyPatience = TimeSpan.FromSeconds(5);

    private readonly DirectChat _chat;
    private readonly ChatOutput _output;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<PeerId, TaskCompletionSource> _identified = new();
    private readonly ConcurrentDictionary<PeerId, byte> _ignored = new();
    private readonly HashSet<PeerId> _shown = [];
    private Task _watching = Task.CompletedTask;

    /// <summary>Creates it.</summary>
    /// <param name="node">The node, which somebody else ends.</param>
    /// <param name="chat">Its direct messages.</param>
    /// <param name="output">Where it is told what happens.</param>
    public ChatSession(INode node, DirectChat chat, ChatOutput output)
    {
        Node = node;
        _chat = chat;
        _output = output;
        Outbox = new Outbox(SendAsync, AbandonedAsync, node.TimeProvider, _stop.Token);
        chat.IsIgnored = _ignored.ContainsKey;
        chat.Received = (peer, text, cancellationToken) => _output.TellAsync(new DirectEvent(peer.ToString(), text), cancellationToken);
        chat.Flooded = (peer, cancellationToken) => _output.TellAsync(
            new ErrorEvent("receive", $"{peer} sends more messages than anyone could read: what is too much is dropped")
            {
                Peer = peer.ToString(),
                Hint = $"/ignore {peer.ToShortString()} drops all of it, and /peers counts it",
            },
            cancellationToken);
    }

    /// <summary>The node.</summary>
    public INode Node { get; }

    /// <summary>What is to be sent.</summary>
    public Outbox Outbox { get; }

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
    public long Dropped(PeerId peer) => _chat.Dropped(peer);

    /// <summary>Whether a peer says that it takes messages; null while it has not said what it speaks.</summary>
    public async ValueTask<bool?> SpeaksChatAsync(PeerId peer)
    {
        var info = await Node.PeerStore.GetAsync(peer, _stop.Token).ConfigureAwait(false);
        return info is null || info.Protocols.Count == 0 ? null : info.Protocols.Contains(DirectChat.Protocol);
    }

    /// <summary>The connected peers that take messages. Waits for those that have just come to say so; one that keeps silent is tried.</summary>
    public async ValueTask<IReadOnlyList<PeerId>> FindRecipientsAsync()
    {
        var peers = Node.Peers;
        await Task.WhenAll(peers.Select(p => AwaitIdentifiedAsync(p))).ConfigureAwait(false);
        List<PeerId> recipients = [];
        foreach (var peer in peers)
        {
            if (await SpeaksChatAsync(peer).ConfigureAwait(false) != false)
                recipients.Add(peer);
        }
        return recipients;
    }

    /// <summary>Ends it: what is not sent by now is not sent any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(false);
    }

    private async Task AwaitIdentifiedAsync(PeerId peer)
    {
        if (await SpeaksChatAsync(peer).ConfigureAwait(false) is not null)
            return;
        try
        {
            await Waiter(peer).Task.WaitAsync(IdentifyPatience, Node.TimeProvider, _stop.Token).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // It does not say what it speaks, as some do not: the first message will show.
        }
    }

    private TaskCompletionSource Waiter(PeerId peer) =>
        _identified.GetOrAdd(peer, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

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
                case PeerIdentified e:
                    Waiter(e.Peer).TrySetResult();
                    break;
                case EventsMissed:
                    await CatchUpAsync().ConfigureAwait(false);
                    break;
            }
        }
    }

    private async ValueTask ConnectedAsync(ConnectionInfo connection)
    {
        if (_shown.Add(connection.RemotePeer))
        {
            await _output.TellAsync(new ConnectEvent(
                connection.RemotePeer.ToString(), connection.RemoteAddress.ToString(), connection.Security.ToString(), connection.Muxer.ToString()))
                .ConfigureAwait(false);
        }
    }

    private async ValueTask DisconnectedAsync(PeerId peer, string reason)
    {
        if (_identified.TryRemove(peer, out var waiter))
            waiter.TrySetResult();
        if (_shown.Remove(peer))
            await _output.TellAsync(new DisconnectEvent(peer.ToString(), reason)).ConfigureAwait(false);
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

    private async ValueTask<bool> SendAsync(PeerId peer, string text, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await _chat.SendAsync(peer, text, cancellationToken).ConfigureAwait(false);
            await _output.TellAsync(new DirectSentEvent(peer.ToString(), reply), cancellationToken).ConfigureAwait(false);
            if (reply is not null && !_ignored.ContainsKey(peer))
                await _output.TellAsync(new DirectEvent(peer.ToString(), reply), cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Libp2pException e)
        {
            await _output.TellAsync(Explain(peer, e), cancellationToken).ConfigureAwait(false);
            return e is StreamResetException;
        }
    }

    private static ErrorEvent Explain(PeerId peer, Libp2pException exception)
    {
        var line = FailureLine.Of(exception);
        var (what, hint) = exception.Error switch
        {
            Libp2pError.NegotiationFailed => ("it takes no direct messages", "/who shows the peers that do"),
            Libp2pError.StreamReset => ("it refused the message", "it may be one too many, or too long: wait a moment"),
            _ => (line.What, line.NextStep),
        };
        return new ErrorEvent("send", $"not sent to {peer}: {what}") { Peer = peer.ToString(), Hint = hint };
    }

    private ValueTask AbandonedAsync(PeerId peer, int count) => _output.TellAsync(
        new ErrorEvent("send", $"{count} more messages to {peer} were not sent") { Peer = peer.ToString(), Hint = "/peers shows who is connected" });
}
