using Libp2p;
using Tincan.Chat;
using Tincan.Chat.Rooms;

namespace Tincan.Tests.Chat;

public sealed class EventTextTests
{
    private static readonly string Peer = Identity.Generate().PeerId.ToString();

    [Fact]
    public void Text_from_the_network_is_escaped_in_every_event()
    {
        const string hostile = "\u001b]0;title\a\u202e\u200b\u009b1m\r\nnext";
        ChatEvent[] events =
        [
            new DirectEvent(Peer, hostile), new DisconnectEvent(Peer, hostile), new NameEvent(Peer, hostile), new ErrorEvent(hostile, hostile) { Hint = hostile },
            new PeersEvent([new PeerItem(Peer, "/ip4/127.0.0.1/tcp/1", "/noise", "/yamux/1.0.0") { Name = hostile, Agent = hostile, Mesh = [hostile], Label = hostile }]),
            new WhoEvent(hostile, [new WhoItem(Peer, hostile, hostile, true, 1) { Label = hostile }]), new WhoEvent(hostile, []), new NoticeEvent([hostile]),
            new MessageEvent(hostile, hostile, Peer, hostile, hostile, hostile, 1) { Label = hostile, NotSaved = true },
            new NameEvent(Peer, hostile) { Room = hostile, Label = hostile }, new DirectEvent(Peer, hostile) { Name = hostile, Label = hostile },
            new DirectSentEvent(Peer, hostile) { Text = hostile, Label = hostile }, new DisconnectEvent(Peer, hostile) { Label = hostile },
            new JoinEvent(hostile, hostile), new LeaveEvent(hostile, hostile), new UnreadEvent(hostile), new StatsEvent(Peer, [hostile]),
            new RoomsEvent([new RoomItem(hostile, hostile, 1, 1, true)]), new HistoryEvent([Item(hostile)]), new SearchEvent([Item(hostile)]),
        ];
        foreach (var line in events.SelectMany(EventText.Lines).Concat(events.Select(ChatJson.Write)))
            Assert.All(line, c => Assert.False(char.IsControl(c) || c is '\u202e' or '\u200b', $"{(int)c:x} in {line}"));
    }

    [Fact]
    public void No_line_of_a_message_can_pass_for_another_peers()
    {
        var lines = EventText.Lines(new DirectEvent(Peer, "one\n<someone> two\r\nthree\n")).ToList();
        Assert.Equal(3, lines.Count);
        Assert.StartsWith("<", lines[0], StringComparison.Ordinal);
        Assert.Equal([EventText.Continuation + "<someone> two", EventText.Continuation + "three"], lines[1..]);
    }

    [Fact]
    public void Of_a_message_of_many_lines_only_so_many_are_shown()
    {
        var lines = EventText.Lines(new DirectEvent(Peer, string.Join('\n', Enumerable.Range(0, 1000)))).ToList();
        Assert.Equal(EventText.MaxLines, lines.Count);
        Assert.EndsWith("99 …", lines[^1], StringComparison.Ordinal);
        Assert.Equal(EventText.MaxLines, EventText.Lines(new DirectEvent(Peer, string.Join('\n', Enumerable.Range(0, 100)))).Count());
    }

    [Fact]
    public void A_message_says_where_it_was_said_who_said_it_and_whether_it_is_kept()
    {
        var message = new MessageEvent(RoomName.Workshop.Name, RoomName.Workshop.Topic, Peer, "Ada", "hello", null, 1) { Label = "Ada" };
        Assert.Equal(["<Ada> hello"], EventText.Lines(message));
        Assert.Equal(["[kitchen] <Ada> hello"], EventText.Lines(message with { Room = "kitchen" }));
        Assert.Equal(["<you> hello"], EventText.Lines(message with { IsOwn = true }));
        Assert.Equal(["<Ada> one", "  | two (not saved)"], EventText.Lines(message with { Text = "one\ntwo\n", NotSaved = true }));
        Assert.Equal(["<Ada → you> hello"], EventText.Lines(new DirectEvent(Peer, "hello") { Label = "Ada" }));
        Assert.Equal(["<you → Ada> hello"], EventText.Lines(new DirectSentEvent(Peer, null) { Text = "hello", Label = "Ada" }));
    }

    [Fact]
    public void An_invitation_names_the_address_that_reaches_farthest()
    {
        var ready = new ReadyEvent(Peer, [$"/ip4/127.0.0.1/tcp/1/p2p/{Peer}", $"/ip4/192.168.1.2/tcp/2/p2p/{Peer}", $"/ip4/8.8.8.8/tcp/3/p2p/{Peer}"]);
        var commands = EventText.Invitations(ready).Select(i => i.Command);
        Assert.Equal([$"tincan chat --dial /ip4/8.8.8.8/tcp/3/p2p/{Peer}", $"tincan chat --guest --dial /ip4/127.0.0.1/tcp/1/p2p/{Peer}"], commands);
    }

    private static MessageItem Item(string text) => new(text, text, null, Peer, text, text, text, 1, 1, false, true) { Label = text };
}
