using Libp2p;

namespace Tincan.Chat.Rooms;

// What is told to those who are there: our name, and to whom we are connected.
internal sealed partial class ChatRooms
{
    /// <summary>How often it is looked who has come.</summary>
    private static readonly TimeSpan TickTime = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a first change of connections waits for others.</summary>
    private static readonly TimeSpan StatsTime = TimeSpan.FromSeconds(1);

    /// <summary>Newcomers within this time are told a name together.</summary>
    private static readonly TimeSpan NameTime = TimeSpan.FromSeconds(5);

    /// <summary>How long a peer that has just connected may take to say in which rooms it is.</summary>
    private static readonly TimeSpan CompanyPatience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan CompanyPause = TimeSpan.FromMilliseconds(20);

    // A time stamp; negative where nothing is due.
    private long _statsDueSince = -1;

    /// <summary>Sets our name, and tells it in every room.</summary>
    public async ValueTask SetNameAsync(string name)
    {
        Names.Set(_node.Identity.PeerId, name);
        foreach (var room in _joined)
            (room.NameIsDue, room.NameToldAt) = (true, null);
        await TellNamesAsync().ConfigureAwait(false);
    }

    /// <summary>Says that our connections have changed.</summary>
    public void StatsAreDue() => Interlocked.CompareExchange(ref _statsDueSince, _node.TimeProvider.GetTimestamp(), -1);

    /// <summary>Looks who has come, and tells what is due.</summary>
    internal async ValueTask TickOnceAsync()
    {
        foreach (var room in _joined)
            room.NameIsDue |= room.UpdateSubscribers(_pubsub.GetSubscribers(room.Name.Topic));
        await TellNamesAsync().ConfigureAwait(false);
        await TellStatsAsync().ConfigureAwait(false);
    }

    private async Task TickAsync()
    {
        using var timer = new PeriodicTimer(TickTime, _node.TimeProvider);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
                await TickOnceAsync().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The chat ends.
        }
    }

    private async ValueTask TellNamesAsync()
    {
        if (Names.Find(_node.Identity.PeerId) is not { } name)
            return;
        foreach (var room in _joined)
        {
            var isRecent = room.NameToldAt is { } at && _node.TimeProvider.GetElapsedTime(at) < NameTime;
            if (!room.NameIsDue || isRecent || room.Name.IsRawText || _pubsub.GetSubscribers(room.Name.Topic).Count == 0)
                continue;
            (room.NameIsDue, room.NameToldAt) = (false, _node.TimeProvider.GetTimestamp());
            await AnnounceAsync(room, WorkshopCodec.EncodeName(name)).ConfigureAwait(false);
        }
    }

    private async ValueTask TellStatsAsync()
    {
        var since = Interlocked.Read(ref _statsDueSince);
        if (since >= 0 && _node.TimeProvider.GetElapsedTime(since) < StatsTime)
            return;
        if (since >= 0)
        {
            Interlocked.Exchange(ref _statsDueSince, -1);
            foreach (var room in _joined)
                room.StatsAreDue = !room.Name.IsRawText;
        }
        // A peer that has just connected may not have said yet in which rooms it is: they stay due until somebody is there.
        foreach (var room in _joined.Where(r => r.StatsAreDue && _pubsub.GetSubscribers(r.Name.Topic).Count > 0))
        {
            room.StatsAreDue = false;
            await AnnounceAsync(room, WorkshopCodec.EncodeStats(_node.Peers)).ConfigureAwait(false);
        }
    }

    private async ValueTask AnnounceAsync(Room room, byte[] data)
    {
        try
        {
            await _publisher.PublishAsync(room.Name.Topic, data, _stop.Token).ConfigureAwait(false);
        }
        catch (Libp2pException e)
        {
            await Tell(new ErrorEvent("announce", $"what this chat says of itself could not be sent in {room.Name}: {e.Message.TrimEnd('.')}")).ConfigureAwait(false);
        }
    }

    /// <summary>Whether a message would reach somebody. A peer that has just connected is given time to say in which rooms it is.</summary>
    private async ValueTask<bool> IsAnybodyHereAsync(Room room, CancellationToken cancellationToken)
    {
        var began = _node.TimeProvider.GetTimestamp();
        while (_pubsub.GetSubscribers(room.Name.Topic).Count == 0)
        {
            var now = _node.TimeProvider.GetUtcNow();
            if (_node.TimeProvider.GetElapsedTime(began) >= CompanyPatience || !_node.Connections.Any(c => now - c.OpenedAt < CompanyPatience))
                return false;
            await Task.Delay(CompanyPause, _node.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
        return true;
    }
}
