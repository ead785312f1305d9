using System.Globalization;
using Libp2p;
using Tincan.Chat.History;
using Tincan.Chat.Rooms;
using Tincan.Commands;

namespace Tincan.Chat;

/// <summary>The commands of rooms and of what was said in them.</summary>
internal sealed class RoomCommands(ChatSession session, PeerLookup peers)
{
    private const int DefaultItems = 20;

    /// <summary>Messages that a person is shown of a room that comes into view; more where more are unread.</summary>
    private const int ItemsInView = 10;

    private ChatRooms Rooms => session.Rooms;

    /// <summary>Enters a room. A person sees what was said there last, and what nobody has seen yet.</summary>
    public async ValueTask JoinAsync(RoomName room)
    {
        Rooms.Join(room);
        await session.TellAsync(new JoinEvent(room.Name, room.Topic)).ConfigureAwait(false);
        if (!Rooms.TellsAll)
            await ShowAsync(room).ConfigureAwait(false);
    }

    /// <summary>Leaves the room in view, or the one that is named.</summary>
    public async ValueTask LeaveAsync(string argument)
    {
        var room = Named(argument).Name;
        await Rooms.LeaveAsync(room).ConfigureAwait(false);
        await session.TellAsync(new LeaveEvent(room.Name, Rooms.View?.Name)).ConfigureAwait(false);
        if (!Rooms.TellsAll && Rooms.View is { } view)
            await ShowAsync(view).ConfigureAwait(false);
    }

    /// <summary>Tells of the rooms.</summary>
    public async ValueTask RoomsAsync()
    {
        var unread = await session.History.CountUnreadAsync().ConfigureAwait(false);
        await session.TellAsync(new RoomsEvent([.. Rooms.Joined.Select(r => new RoomItem(
            r.Name.Name, r.Name.Topic, Rooms.Subscribers(r).Count, unread.GetValueOrDefault(r.Name.Topic), r.Name == Rooms.View))])).ConfigureAwait(false);
    }

    /// <summary>Tells who is in a room: those who are connected, and those who were heard.</summary>
    public async ValueTask WhoAsync(string argument)
    {
        var room = Named(argument);
        var authors = room.Authors();
        var here = Rooms.Subscribers(room).ToHashSet();
        List<WhoItem> items = [];
        foreach (var peer in here.Concat(authors.Keys.Where(a => !here.Contains(a) && a != session.Node.Identity.PeerId).OrderByDescending(a => authors[a])))
        {
            var agent = (await session.Node.PeerStore.GetAsync(peer).ConfigureAwait(false))?.AgentVersion;
            items.Add(new WhoItem(peer.ToString(), Rooms.Names.Find(peer), agent, here.Contains(peer), authors.TryGetValue(peer, out var spoke) ? spoke : null)
            {
                Label = Rooms.Names.Label(peer),
            });
        }
        await session.TellAsync(new WhoEvent(room.Name.Name, items)).ConfigureAwait(false);
    }

    /// <summary>Tells what was said last in the room in view, or with a peer.</summary>
    public async ValueTask HistoryAsync(string argument)
    {
        var count = DefaultItems;
        string? conversation = null;
        foreach (var word in argument.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                count = Math.Clamp(number, 1, ChatLimits.MaxHistoryItems);
            else
                conversation = Conversations.Direct(peers.Find(word).ToString());
        }
        var entries = await session.History.ReadLatestAsync(conversation ?? Rooms.Find(null).Name.Topic, count).ConfigureAwait(false);
        await session.TellAsync(new HistoryEvent([.. entries.Select(Item)])).ConfigureAwait(false);
    }

    /// <summary>Tells what was said anywhere with some words in it.</summary>
    public async ValueTask SearchAsync(string text)
    {
        if (text.Length == 0)
            throw new CommandException("/search takes the words that are looked for", "write it as in /search green apples");
        var entries = await session.History.SearchAsync(text, DefaultItems).ConfigureAwait(false);
        await session.TellAsync(new SearchEvent([.. entries.Select(Item)])).ConfigureAwait(false);
    }

    private Room Named(string argument) => Rooms.Find(argument.Length == 0 ? null : RoomName.Parse(argument));

    private async ValueTask ShowAsync(RoomName room)
    {
        try
        {
            var unread = (await session.History.CountUnreadAsync().ConfigureAwait(false)).GetValueOrDefault(room.Topic);
            var entries = await session.History.ReadLatestAsync(room.Topic, Math.Clamp(unread, ItemsInView, ChatLimits.MaxHistoryItems)).ConfigureAwait(false);
            if (entries.Count > 0)
                await session.TellAsync(new HistoryEvent([.. entries.Select(Item)])).ConfigureAwait(false);
            if (unread > 0)
                await session.History.MarkReadAsync(room.Topic).ConfigureAwait(false);
        }
        catch (CommandException e)
        {
            // The room was entered all the same.
            await session.TellFailureAsync("history", e).ConfigureAwait(false);
        }
    }

    // The name that was given then may be another's now: only where it is still that peer's, it stands alone.
    private MessageItem Item(HistoryEntry entry)
    {
        var label = !PeerId.TryParse(entry.From, out var peer) ? entry.From
            : entry.Name is null || entry.Name == Rooms.Names.Find(peer) ? Rooms.Names.Label(peer)
            : $"{entry.Name}·{peer.ToShortString()}";
        return MessageItem.Of(entry) with { Label = label };
    }
}
