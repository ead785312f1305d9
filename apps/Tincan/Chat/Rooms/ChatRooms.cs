using System.Collections.Immutable;
using System.Text;
using Libp2p;
using Tincan.Chat.History;
using Tincan.Commands;

namespace Tincan.Chat.Rooms;

/// <summary>The rooms that this chat is in: what is said there is recorded, then told. One of them is in view: a plain line goes there.</summary>
internal sealed partial class ChatRooms : IAsyncDisposable
{
    private readonly INode _node;
    private readonly IPubsub _pubsub;
    private readonly ChatHistory _history;
    private readonly RoomPublisher _publisher;
    private readonly SenderRates _rates;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private ImmutableList<Room> _joined = [];
    private Room? _view;
    private Task _ticking = Task.CompletedTask;

    /// <summary>Creates them.</summary>
    /// <param name="node">The node, whose clock is theirs too.</param>
    /// <param name="pubsub">Its publish/subscribe service.</param>
    /// <param name="history">Where messages are recorded before they are told.</param>
    /// <param name="rates">How fast each sender may send.</param>
    public ChatRooms(INode node, IPubsub pubsub, ChatHistory history, SenderRates? rates = null)
    {
        _node = node;
        _pubsub = pubsub;
        _history = history;
        _publisher = new RoomPublisher(pubsub, node.TimeProvider);
        _rates = rates ?? new SenderRates();
    }

    /// <summary>Told what happens.</summary>
    public Func<ChatEvent, ValueTask> Tell { get; set; } = _ => ValueTask.CompletedTask;

    /// <summary>Whether a peer's messages are to be passed over in silence.</summary>
    public Func<PeerId, bool> IsIgnored { get; set; } = _ => false;

    /// <summary>Whether what is said in rooms that are not in view is told at once, as programs want it; else it is unread until they are in view.</summary>
    public bool TellsAll { get; set; } = true;

    /// <summary>What peers say that they are called.</summary>
    public PeerNames Names { get; } = new();

    /// <summary>The rooms. A snapshot.</summary>
    public IReadOnlyList<Room> Joined => _joined;

    /// <summary>The room that a plain line goes to; null where there is none.</summary>
    public RoomName? View => Volatile.Read(ref _view)?.Name;

    /// <summary>How many messages of a sender were dropped because there were too many.</summary>
    public long Dropped(PeerId peer) => _rates.Dropped(peer);

    /// <summary>The connected peers that are in a room.</summary>
    public IReadOnlyList<PeerId> Subscribers(Room room) => _pubsub.GetSubscribers(room.Name.Topic);

    /// <summary>Begins to tell names and connections to those who are there.</summary>
    public void Start() => _ticking = Task.Run(TickAsync);

    /// <summary>Enters a room where this chat is not in it, and takes it into view.</summary>
    /// <exception cref="CommandException">There are too many, or it cannot be entered.</exception>
    public void Join(RoomName name)
    {
        lock (_gate)
        {
            if (_joined.Find(r => r.Name == name) is not { } room)
            {
                if (_joined.Count >= ChatLimits.MaxRooms)
                    throw new CommandException($"this chat is in {ChatLimits.MaxRooms} rooms", "/leave one of them first");
                room = new Room(name, _pubsub.Subscribe(name.Topic));
                _joined = _joined.Add(room);
                room.Running = Task.Run(() => ReadAsync(room));
            }
            room.UnreadTold = false;
            Volatile.Write(ref _view, room);
        }
        StatsAreDue();
    }

    /// <summary>Leaves a room; where it was in view, the one that was entered last is then.</summary>
    /// <exception cref="CommandException">This chat is not in it.</exception>
    public async ValueTask LeaveAsync(RoomName name)
    {
        Room room;
        lock (_gate)
        {
            room = Find(name);
            _joined = _joined.Remove(room);
            if (_view == room)
                Volatile.Write(ref _view, _joined.IsEmpty ? null : _joined[^1]);
        }
        room.Subscription.Dispose();
        await room.Running.ConfigureAwait(false);
    }

    /// <summary>The room in view, or the one that is named.</summary>
    /// <exception cref="CommandException">There is none, or this chat is not in it.</exception>
    public Room Find(RoomName? name)
    {
        if (name is null)
            return Volatile.Read(ref _view) ?? throw new CommandException("no room is in view", "/join one, or send a direct message: /msg PEER TEXT");
        return _joined.Find(r => r.Name == name) ?? throw new CommandException($"this chat is not in the room {name}", "/rooms shows where it is");
    }

    /// <summary>Says something in the room in view. When this returns, it is published; when it is recorded, it is told as any message.</summary>
    /// <exception cref="CommandException">It is too long, or nobody is there to hear it.</exception>
    public async ValueTask SayAsync(string text, CancellationToken cancellationToken)
    {
        var room = Find(null);
        if (Encoding.UTF8.GetByteCount(text) > ChatLimits.MaxTextBytes)
            throw new CommandException($"that message is longer than the {ChatLimits.MaxTextBytes} bytes that are sent", "send it in parts");
        if (!await IsAnybodyHereAsync(room, cancellationToken).ConfigureAwait(false))
            throw new CommandException($"nobody is in the room {room.Name} yet", "/dial somebody, or pass an invitation on: /addrs shows it");
        var (id, created) = (Guid.NewGuid().ToString(), Now());
        var data = room.Name.IsRawText ? Encoding.UTF8.GetBytes(text) : WorkshopCodec.EncodeText(text, id, created);
        var published = await _publisher.PublishAsync(room.Name.Topic, data, cancellationToken).ConfigureAwait(false);
        var self = _node.Identity.PeerId;
        var entry = new HistoryEntry
        {
            Conversation = room.Name.Topic,
            From = self.ToString(),
            Name = Names.Find(self),
            Text = text,
            Id = room.Name.IsRawText ? null : id,
            Created = created,
            Recorded = created,
            Sent = true,
        };
        await _history.RecordAsync(entry, Once(room, self, published.SequenceNumber, data), (e, r) => TellMessageAsync(room, self, e, r), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Leaves all rooms, as this chat ends. What was said is recorded and told before.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        foreach (var room in _joined)
            room.Subscription.Dispose();
        await Task.WhenAll([_ticking, .. _joined.Select(r => r.Running)]).ConfigureAwait(false);
        _publisher.Dispose();
    }

    private static byte[] Once(Room room, PeerId from, ulong? sequenceNumber, ReadOnlySpan<byte> data) =>
        sequenceNumber is { } number ? OnceKey.OfSigned(from, number) : OnceKey.OfData(room.Name.Topic, data);

    private long Now() => _node.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds();

    private bool IsUnseen(Room room) => !TellsAll && Volatile.Read(ref _view) != room;

    private ValueTask TellMessageAsync(Room room, PeerId from, HistoryEntry entry, Recorded recorded)
    {
        if (recorded == Recorded.Known)
            return ValueTask.CompletedTask;
        if (!entry.Unread)
        {
            return Tell(new MessageEvent(room.Name.Name, room.Name.Topic, entry.From, entry.Name, entry.Text, entry.Id, entry.Created ?? entry.Recorded)
            {
                NotSaved = recorded == Recorded.NotSaved ? true : null,
                Label = Names.Label(from),
                IsOwn = entry.Sent,
            });
        }
        // Where the room has come into view meanwhile, it is shown with what was said there last.
        if (room.UnreadTold || !IsUnseen(room))
            return ValueTask.CompletedTask;
        room.UnreadTold = true;
        return Tell(new UnreadEvent(room.Name.Name));
    }
}
