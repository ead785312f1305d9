using Libp2p;
using Tincan.Chat.History;
using Tincan.Chat.Rooms;
using Tincan.Commands;

namespace Tincan.Chat;

/// <summary>Direct messages of a chat: recorded, then told, both those that come and those that were sent.</summary>
internal sealed class DirectMessages
{
    private readonly INode _node;
    private readonly PeerNames _names;
    private readonly DirectSender _sender;
    private readonly ChatHistory _history;
    private readonly Func<ChatEvent, ValueTask> _tell;
    private readonly Func<PeerId, bool> _isIgnored;

    /// <summary>Creates it.</summary>
    public DirectMessages(
        INode node, PeerNames names, DirectInbox inbox, DirectSender sender, ChatHistory history, Func<ChatEvent, ValueTask> tell, Func<PeerId, bool> isIgnored, CancellationToken stop)
    {
        _node = node;
        _names = names;
        _sender = sender;
        _history = history;
        _tell = tell;
        _isIgnored = isIgnored;
        Outbox = new Outbox(SendAsync, AbandonedAsync, node.TimeProvider, stop);
        inbox.IsIgnored = isIgnored;
        inbox.Received = (peer, text, _) => ReceivedAsync(peer, text);
        inbox.Flooded = peer => tell(ErrorEvent.Flood(peer));
    }

    /// <summary>What is to be sent.</summary>
    public Outbox Outbox { get; }

    private async ValueTask<bool> SendAsync(PeerId peer, string text, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await _sender.SendAsync(_node, peer, text, cancellationToken).ConfigureAwait(false);
            await _history.RecordAsync(
                Entry(peer, text) with { From = _node.Identity.PeerId.ToString(), Name = _names.Find(_node.Identity.PeerId), Sent = true }, null,
                (_, recorded) => _tell(new DirectSentEvent(peer.ToString(), reply) { Text = text, NotSaved = Mark(recorded), Label = _names.Label(peer) })).ConfigureAwait(false);
            if (reply is not null && !_isIgnored(peer))
                await ReceivedAsync(peer, reply).ConfigureAwait(false);
            return true;
        }
        catch (Libp2pException e)
        {
            await _tell(Explain(peer, e)).ConfigureAwait(false);
            return e is StreamResetException;
        }
    }

    // When this returns, it is recorded and told: its sender is then told that it was taken.
    private async ValueTask ReceivedAsync(PeerId peer, string text) => await _history.RecordAsync(
        Entry(peer, text), null,
        (entry, recorded) => _tell(new DirectEvent(peer.ToString(), text) { Name = entry.Name, NotSaved = Mark(recorded), Label = _names.Label(peer) })).ConfigureAwait(false);

    private HistoryEntry Entry(PeerId peer, string text) => new()
    {
        Conversation = Conversations.Direct(peer.ToString()),
        From = peer.ToString(),
        Name = _names.Find(peer),
        Text = text,
        Recorded = 0,
    };

    private static bool? Mark(Recorded recorded) => recorded == Recorded.NotSaved ? true : null;

    private static ErrorEvent Explain(PeerId peer, Libp2pException exception)
    {
        var line = FailureLine.Of(exception);
        var (what, hint) = exception.Error switch
        {
            Libp2pError.NegotiationFailed => ("it takes no direct messages", "/peers shows the peers that do"),
            Libp2pError.StreamReset => ("it refused the message", "it may be one too many, or too long: wait a moment"),
            _ => (line.What, line.NextStep),
        };
        return new ErrorEvent("send", $"not sent to {peer}: {what}") { Peer = peer.ToString(), Hint = hint };
    }

    private ValueTask AbandonedAsync(PeerId peer, int count) => _tell(
        new ErrorEvent("send", $"{count} more messages to {peer} were not sent") { Peer = peer.ToString(), Hint = "/peers shows who is connected" });
}
