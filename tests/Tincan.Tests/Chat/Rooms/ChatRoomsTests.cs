using Libp2p;
using Libp2p.Testing;
using Tincan.Chat;
using Tincan.Chat.History;
using Tincan.Chat.Rooms;
using Tincan.Commands;

namespace Tincan.Tests.Chat.Rooms;

public sealed class ChatRoomsTests : IAsyncLifetime
{
    private static readonly RoomName Kitchen = RoomName.Parse("kitchen");
    private static readonly PeerId Stranger = Identity.Generate().PeerId;

    private readonly FakeNetwork _network = new();
    private readonly ManualTimeProvider _time = new();
    private RoomHarness _ada = null!;
    private RoomHarness _bob = null!;

    public async ValueTask InitializeAsync()
    {
        _ada = await RoomHarness.StartAsync(_network, _time);
        _bob = await RoomHarness.StartAsync(_network, _time);
    }

    public async ValueTask DisposeAsync()
    {
        await _ada.DisposeAsync();
        await _bob.DisposeAsync();
    }

    [Fact]
    public async Task What_is_said_is_told_on_both_sides_and_recorded()
    {
        JoinBoth(Kitchen);
        await _ada.Rooms.SayAsync("grüße, 世界", default);
        var own = await _ada.NextAsync<MessageEvent>();
        var heard = await _bob.NextAsync<MessageEvent>();
        Assert.Equal(("kitchen", Kitchen.Topic, _ada.Peer.ToString(), "grüße, 世界"), (heard.Room, heard.Topic, heard.From, heard.Text));
        Assert.Equal((own.Id, own.Created), (heard.Id, heard.Created));
        Assert.Equal((true, false), (own.IsOwn, heard.IsOwn));
        Assert.Equal("grüße, 世界", Assert.Single(await _bob.History.ReadLatestAsync(Kitchen.Topic, 10)).Text);
        Assert.True(Assert.Single(await _ada.History.ReadLatestAsync(Kitchen.Topic, 10)).Sent);
    }

    [Fact]
    public async Task In_the_room_of_universal_connectivity_the_payload_is_the_text()
    {
        JoinBoth(RoomName.Universal);
        await _ada.Rooms.SayAsync("raw", default);
        Assert.Equal("raw", (await _bob.NextAsync<MessageEvent>()).Text);
        _bob.Pubsub.Deliver(FakePubsub.Make(RoomName.Universal.Topic, "from a browser"u8.ToArray(), Stranger, 1, isSigned: true));
        var heard = await _bob.NextAsync<MessageEvent>();
        Assert.Equal(("from a browser", Stranger.ToString(), _time.GetUtcNow().ToUnixTimeMilliseconds()), (heard.Text, heard.From, heard.Created));
        // No name of ours disturbs it.
        await _ada.Rooms.SetNameAsync("Ada");
        await _ada.Rooms.TickOnceAsync();
        Assert.Single(_ada.Pubsub.Published);
    }

    [Fact]
    public async Task A_message_is_told_once_whatever_its_id_says()
    {
        _bob.Rooms.Join(Kitchen);
        Deliver("one", 1);
        Deliver("one", 1);
        Deliver("two, with the id of one", 2);
        DeliverUnsigned("unsigned");
        DeliverUnsigned("unsigned");
        Deliver("end", 3);
        List<string> heard = [];
        while (heard.LastOrDefault() != "end")
            heard.Add((await _bob.NextAsync<MessageEvent>()).Text);
        Assert.Equal(["one", "two, with the id of one", "unsigned", "end"], heard);

        void Deliver(string text, ulong number) =>
            _bob.Pubsub.Deliver(FakePubsub.Make(Kitchen.Topic, WorkshopCodec.EncodeText(text, "id", 1), Stranger, number, isSigned: true));
        void DeliverUnsigned(string text) =>
            _bob.Pubsub.Deliver(FakePubsub.Make(Kitchen.Topic, WorkshopCodec.EncodeText(text, "id", 1), Stranger, 1, isSigned: false));
    }

    [Fact]
    public async Task A_name_is_told_on_joining_to_newcomers_and_when_it_changes()
    {
        _ada.Rooms.Join(Kitchen);
        await _ada.Rooms.SetNameAsync("Ada");
        Assert.Empty(_ada.Pubsub.Published);
        _bob.Rooms.Join(Kitchen);
        await _ada.Rooms.TickOnceAsync();
        var named = await _bob.NextAsync<NameEvent>();
        Assert.Equal((_ada.Peer.ToString(), "Ada", "kitchen", "Ada"), (named.From, named.Name, named.Room, named.Label));

        await _ada.Rooms.SetNameAsync("Augusta");
        Assert.Equal("Augusta", (await _bob.NextAsync<NameEvent>()).Name);
        await _ada.Rooms.SayAsync("hello", default);
        var heard = await _bob.NextAsync<MessageEvent>();
        Assert.Equal(("Augusta", "Augusta"), (heard.Name, heard.Label));
    }

    [Fact]
    public async Task Newcomers_who_come_together_are_told_a_name_together()
    {
        _ada.Rooms.Join(Kitchen);
        await _ada.Rooms.SetNameAsync("Ada");
        _bob.Rooms.Join(Kitchen);
        await _ada.Rooms.TickOnceAsync();
        for (var i = 0; i < 5; i++)
        {
            _network.Add(Identity.Generate().PeerId).Subscribe(Kitchen.Topic);
            await _ada.Rooms.TickOnceAsync();
        }
        Assert.Single(Names());
        _time.Advance(TimeSpan.FromSeconds(5));
        await _ada.Rooms.TickOnceAsync();
        await _ada.Rooms.TickOnceAsync();
        Assert.Equal(2, Names().Count());

        IEnumerable<RoomPayload> Names() => _ada.Pubsub.Published.Select(d => WorkshopCodec.TryRead(d, out var payload) ? payload : null).OfType<NamePayload>();
    }

    [Fact]
    public async Task Statistics_go_out_a_second_after_connections_changed_and_once_for_many_changes()
    {
        JoinBoth(Kitchen);
        for (var i = 0; i < 10; i++)
            _ada.Rooms.StatsAreDue();
        await _ada.Rooms.TickOnceAsync();
        Assert.Empty(_ada.Pubsub.Published);
        _time.Advance(TimeSpan.FromSeconds(1));
        await _ada.Rooms.TickOnceAsync();
        await _ada.Rooms.TickOnceAsync();
        Assert.Single(_ada.Pubsub.Published);
        Assert.Equal(_ada.Peer.ToString(), (await _bob.NextAsync<StatsEvent>()).From);
    }

    [Fact]
    public async Task Statistics_wait_for_somebody_to_be_there()
    {
        _ada.Rooms.Join(Kitchen);
        _time.Advance(TimeSpan.FromSeconds(1));
        await _ada.Rooms.TickOnceAsync();
        Assert.Empty(_ada.Pubsub.Published);
        _bob.Rooms.Join(Kitchen);
        await _ada.Rooms.TickOnceAsync();
        Assert.Single(_ada.Pubsub.Published);
    }

    [Fact]
    public async Task Who_sends_too_much_is_dropped_and_told_of_once()
    {
        JoinBoth(Kitchen);
        for (ulong i = 0; i < 150; i++)
            _bob.Pubsub.Deliver(FakePubsub.Make(Kitchen.Topic, WorkshopCodec.EncodeText($"{i}", $"{i}", 1), Stranger, i, isSigned: true));
        await _ada.Rooms.SayAsync("not in the way of others", default);
        List<ChatEvent> told = [];
        do
            told.Add(await _bob.NextAsync<ChatEvent>());
        while (told[^1] is not MessageEvent { Text: "not in the way of others" });
        Assert.Equal(101, told.OfType<MessageEvent>().Count());
        Assert.Equal(Stranger.ToString(), Assert.Single(told.OfType<ErrorEvent>()).Peer);
        Assert.Equal(50, _bob.Rooms.Dropped(Stranger));
    }

    [Fact]
    public async Task What_is_said_here_keeps_to_the_rate_that_others_take()
    {
        JoinBoth(Kitchen);
        for (var i = 0; i < 200; i++)
        {
            var saying = _ada.Rooms.SayAsync($"{i}", default).AsTask();
            while (!saying.IsCompleted)
            {
                await Task.Yield();
                _time.Advance(TimeSpan.FromMilliseconds(20));
            }
            await saying;
            Assert.Equal($"{i}", (await _bob.NextAsync<MessageEvent>()).Text);
        }
        Assert.Equal(0, _bob.Rooms.Dropped(_ada.Peer));
    }

    [Fact]
    public async Task Who_is_ignored_without_a_name_or_says_nonsense_is_not_heard()
    {
        _bob.Rooms.IsIgnored = p => p == Stranger;
        JoinBoth(Kitchen);
        _bob.Pubsub.Deliver(FakePubsub.Make(Kitchen.Topic, WorkshopCodec.EncodeText("ignored", "a", 1), Stranger, 1, isSigned: true));
        _bob.Pubsub.Deliver(FakePubsub.Make(Kitchen.Topic, WorkshopCodec.EncodeText("of nobody", "b", 1), null, null, isSigned: false));
        _bob.Pubsub.Deliver(FakePubsub.Make(Kitchen.Topic, [0xff, 0xff], Identity.Generate().PeerId, 1, isSigned: true));
        await _ada.Rooms.SayAsync("heard", default);
        Assert.Equal("heard", (await _bob.NextAsync<MessageEvent>()).Text);
        Assert.Single(await _bob.History.ReadLatestAsync(Kitchen.Topic, 10));
    }

    [Fact]
    public async Task A_gap_is_told()
    {
        _bob.Rooms.Join(Kitchen);
        _bob.Pubsub.Deliver(FakePubsub.Make(Kitchen.Topic, WorkshopCodec.EncodeText("after", "a", 1), Stranger, 1, isSigned: true, missedBefore: 7));
        Assert.Contains("7 messages", (await _bob.NextAsync<ErrorEvent>()).Message, StringComparison.Ordinal);
        Assert.Equal("after", (await _bob.NextAsync<MessageEvent>()).Text);
    }

    [Fact]
    public async Task On_a_terminal_what_is_said_elsewhere_is_unread_until_it_comes_into_view()
    {
        _bob.Rooms.TellsAll = false;
        JoinBoth(Kitchen);
        _bob.Rooms.Join(RoomName.Workshop);
        await _ada.Rooms.SayAsync("one", default);
        await _ada.Rooms.SayAsync("two", default);
        Assert.Equal("kitchen", (await _bob.NextAsync<UnreadEvent>()).Room);
        await WaitForAsync(async () => (await _bob.History.CountUnreadAsync()).GetValueOrDefault(Kitchen.Topic) == 2);
        Assert.Empty(_bob.Told());
        _bob.Rooms.Join(Kitchen);
        await _ada.Rooms.SayAsync("three", default);
        Assert.Equal("three", (await _bob.NextAsync<MessageEvent>()).Text);
        Assert.Equal([true, true, false], (await _bob.History.ReadLatestAsync(Kitchen.Topic, 10)).Select(e => e.Unread));
    }

    [Fact]
    public async Task A_line_goes_to_the_room_in_view_and_leaving_it_takes_another_into_view()
    {
        await Assert.ThrowsAsync<CommandException>(() => _ada.Rooms.SayAsync("nowhere", default).AsTask());
        JoinBoth(RoomName.Workshop);
        JoinBoth(Kitchen);
        Assert.Equal(Kitchen, _ada.Rooms.View);
        await _ada.Rooms.LeaveAsync(Kitchen);
        Assert.Equal(RoomName.Workshop, _ada.Rooms.View);
        Assert.Equal([RoomName.Workshop.Topic], _ada.Pubsub.Topics);
        await Assert.ThrowsAsync<CommandException>(() => _ada.Rooms.LeaveAsync(Kitchen).AsTask());
        await _ada.Rooms.SayAsync("here", default);
        Assert.Equal(RoomName.Workshop.Topic, (await _bob.NextAsync<MessageEvent>()).Topic);
        await _ada.Rooms.LeaveAsync(RoomName.Workshop);
        Assert.Null(_ada.Rooms.View);
    }

    [Fact]
    public async Task What_nobody_would_hear_or_is_too_long_is_refused()
    {
        _ada.Rooms.Join(Kitchen);
        Assert.Contains("nobody", (await Assert.ThrowsAsync<CommandException>(() => _ada.Rooms.SayAsync("hello?", default).AsTask())).What, StringComparison.Ordinal);
        _bob.Rooms.Join(Kitchen);
        await Assert.ThrowsAsync<CommandException>(() => _ada.Rooms.SayAsync(new string('é', (ChatLimits.MaxTextBytes / 2) + 1), default).AsTask());
        Assert.Empty(_ada.Pubsub.Published);
        Assert.Empty(await _ada.History.ReadLatestAsync(Kitchen.Topic, 1));
    }

    [Fact]
    public void There_are_only_so_many_rooms()
    {
        for (var i = 0; i < ChatLimits.MaxRooms; i++)
            _ada.Rooms.Join(RoomName.Parse($"room{i}"));
        _ada.Rooms.Join(RoomName.Parse("room0"));
        Assert.Throws<CommandException>(() => _ada.Rooms.Join(Kitchen));
    }

    [Fact]
    public async Task Where_the_disk_refuses_a_message_is_told_as_not_saved()
    {
        await using var full = await RoomHarness.StartAsync(_network, _time, new HistoryOptions { MaxFileBytes = 80 << 10 });
        full.Rooms.Join(Kitchen);
        _ada.Rooms.Join(Kitchen);
        await _ada.Rooms.SayAsync("small", default);
        Assert.Null((await full.NextAsync<MessageEvent>()).NotSaved);
        await _ada.Rooms.SayAsync(new string('x', 30_000), default);
        await _ada.Rooms.SayAsync(new string('y', 30_000), default);
        await full.NextAsync<MessageEvent>();
        Assert.True((await full.NextAsync<MessageEvent>()).NotSaved);
    }

    private void JoinBoth(RoomName room)
    {
        _ada.Rooms.Join(room);
        _bob.Rooms.Join(room);
    }

    private static async Task WaitForAsync(Func<Task<bool>> condition)
    {
        while (!await condition())
            await Task.Yield();
    }
}
