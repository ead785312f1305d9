using Libp2p;
using Tincan.Chat;
using Tincan.Chat.Rooms;
using Tincan.Terminal;

namespace Tincan.Tests.Terminal;

public sealed class TerminalViewTests
{
    private static readonly PeerId Ada = Identity.Generate().PeerId;
    private static readonly PeerId Bob = Identity.Generate().PeerId;

    private readonly FakeTerminal _terminal = new(40);

    [Fact]
    public async Task What_arrives_stands_above_the_line_that_is_being_typed_and_leaves_it_as_it_is()
    {
        using var screen = new TerminalScreen(_terminal);
        using var view = new TerminalView(screen, colors: true);
        var lines = screen.Start();
        await _terminal.TypeAsync("hello w");
        view.Show(Said("first"));
        Assert.Equal(["<Ada> first", "> hello w"], _terminal.Screen.Rows);
        Assert.Equal((1, 9), _terminal.Screen.Cursor);
        await _terminal.PressAsync(Key(ConsoleKey.LeftArrow));
        view.Show(Said("second"));
        Assert.Equal(["<Ada> first", "<Ada> second", "> hello w"], _terminal.Screen.Rows);
        Assert.Equal((2, 8), _terminal.Screen.Cursor);
        await _terminal.TypeAsync("o\n");
        Assert.Equal("hello ow", await lines.ReadAsync());
        // The line is shown when it is recorded, and not before.
        Assert.Equal(["<Ada> first", "<Ada> second", ">"], _terminal.Screen.Rows);
        view.Show(Said("hello ow", isOwn: true));
        Assert.Equal(["<Ada> first", "<Ada> second", "<you> hello ow", ">"], _terminal.Screen.Rows);
    }

    [Fact]
    public void Long_lines_and_wide_characters_wrap_and_are_copied_whole()
    {
        using var screen = new TerminalScreen(_terminal);
        using var view = new TerminalView(screen, colors: true);
        screen.Start();
        var text = "世界" + new string('a', 60) + " 👩‍👩‍👧 end";
        view.Show(Said(text));
        Assert.All(_terminal.Screen.Rows, r => Assert.InRange(TextWidth.Of(r), 0, 40));
        Assert.Equal(["<Ada> " + text, ">"], _terminal.Screen.Lines);
    }

    [Fact]
    public async Task A_change_of_width_leaves_one_prompt_and_all_that_was_said()
    {
        using var screen = new TerminalScreen(_terminal);
        using var view = new TerminalView(screen, colors: true);
        screen.Start();
        view.Show(Said(new string('x', 70)));
        await _terminal.TypeAsync("a line of thirty characters ..");
        foreach (var width in (int[])[25, 60, 12, 80])
        {
            _terminal.Screen.Resize(width);
            view.Show(Said($"at {width}"));
            Assert.Single(_terminal.Screen.Rows, r => r.StartsWith("> ", StringComparison.Ordinal) || r.StartsWith('‹'));
            Assert.Contains("<Ada> " + new string('x', 70), _terminal.Screen.Lines);
            Assert.Contains($"<Ada> at {width}", _terminal.Screen.Lines);
            Assert.Equal(_terminal.Screen.Rows.Count - 1, _terminal.Screen.Cursor.Row);
        }
        Assert.Equal("> a line of thirty characters ..", _terminal.Screen.Rows[^1]);
    }

    [Fact]
    public void A_peer_has_one_colour_everywhere_and_another_peer_another()
    {
        using var screen = new TerminalScreen(_terminal);
        using var view = new TerminalView(screen, colors: true);
        view.Show(Said("hello"));
        view.Show(new DirectEvent(Ada.ToString(), "a secret") { Label = "Ada" });
        view.Show(new NameEvent(Ada.ToString(), "Ada") { Label = "Ada", Room = "x" });
        view.Show(new WhoEvent("x", [new WhoItem(Ada.ToString(), "Ada", null, true, null) { Label = "Ada" }]));
        view.Show(new HistoryEvent([Item("before", unread: false)]));
        var color = $"38;5;{PeerColors.Of(Ada)}";
        foreach (var text in (string[])["<Ada> hello", "<Ada → you> a secret", "is called Ada", "* Ada, 12D3", "<Ada> before"])
            Assert.Equal(color, _terminal.Screen.StyleOf(text));
        Assert.Equal("", _terminal.Screen.StyleOf("hello"));
    }

    [Fact]
    public void Without_colours_there_are_none()
    {
        using var screen = new TerminalScreen(_terminal);
        using var view = new TerminalView(screen, colors: false);
        view.Show(Said("hello"));
        view.Show(new ErrorEvent("send", "it did not work"));
        view.Show(new PeersEvent([new PeerItem(Ada.ToString(), "/ip4/127.0.0.1/tcp/1", "/noise", "/yamux/1.0.0") { Label = "Ada", Score = 1 }]));
        Assert.DoesNotContain("38;5;", _terminal.Written, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"\u001b\[(?:3|4|9|10)\d", _terminal.Written);
    }

    [Fact]
    public void What_was_unread_has_a_mark_before_it_and_what_was_not_saved_one_behind_it()
    {
        using var screen = new TerminalScreen(_terminal);
        using var view = new TerminalView(screen, colors: true);
        view.Show(new HistoryEvent([Item("old", unread: false), Item("new", unread: true), Item("newer", unread: true)]));
        Assert.Equal(["old", "── 2 unread ──", "new", "newer"], _terminal.Screen.Rows.Select(r => r.Split("> ")[^1]).Where(r => r.Length > 0));
        view.Show(Said("kept nowhere") with { NotSaved = true });
        Assert.Equal("<Ada> kept nowhere (not saved)", _terminal.Screen.Rows[^2]);
    }

    [Fact]
    public async Task The_prompt_says_where_a_line_goes_but_in_the_room_where_everyone_begins()
    {
        var terminal = new FakeTerminal(100);
        using var screen = new TerminalScreen(terminal);
        using var view = new TerminalView(screen, colors: true);
        screen.Start();
        view.Show(new JoinEvent(RoomName.Workshop.Name, RoomName.Workshop.Topic));
        Assert.Equal(">", terminal.Screen.Rows[^1]);
        view.Show(new JoinEvent("küche", "/tincan/room/küche"));
        await terminal.TypeAsync("hi");
        Assert.Equal("küche> hi", terminal.Screen.Rows[^1]);
        Assert.Equal(9, terminal.Screen.Cursor.Column);
        view.Show(new LeaveEvent("küche", "a-room-whose-name-is-longer-than-there-is-room"));
        Assert.Equal("…nger-than-there-is-room> hi", terminal.Screen.Rows[^1]);
        view.Show(new LeaveEvent("x", null));
        Assert.Equal("> hi", terminal.Screen.Rows[^1]);
    }

    [Fact]
    public void What_a_peer_sends_moves_nothing()
    {
        using var screen = new TerminalScreen(_terminal);
        using var view = new TerminalView(screen, colors: true);
        const string hostile = "\u001b[2J\u001b[H\u009b1m\r\nsecond\u202e";
        // The screen refuses what it does not know, and what it knows would be seen.
        view.Show(Said("before"));
        view.Show(Said(hostile) with { Label = hostile, Room = hostile });
        view.Show(new UnreadEvent(hostile));
        view.Show(new JoinEvent(hostile, hostile));
        view.Show(new WhoEvent(hostile, [new WhoItem(Bob.ToString(), hostile, hostile, true, 1) { Label = hostile }]));
        view.Show(new RoomsEvent([new RoomItem(hostile, hostile, 1, 1, true)]));
        view.Show(new SearchEvent([Item(hostile, unread: true) with { Label = hostile, Room = hostile }]));
        view.Show(new PeersEvent([new PeerItem(Bob.ToString(), "/ip4/127.0.0.1/tcp/1", "/noise", "/yamux/1.0.0") { Label = hostile, Agent = hostile, Mesh = [hostile] }]));
        Assert.Equal("<Ada> before", _terminal.Screen.Rows[0]);
        Assert.DoesNotContain('\u202e', _terminal.Written);
        Assert.DoesNotContain('\u009b', _terminal.Written);
    }

    [Fact]
    public async Task The_end_of_the_terminal_ends_the_lines()
    {
        using var screen = new TerminalScreen(_terminal);
        var lines = screen.Start();
        _terminal.Vanish();
        Assert.False(await lines.WaitToReadAsync());
    }

    private static MessageEvent Said(string text, bool isOwn = false) =>
        new("/libp2p/example/chat/1.0.0", "/libp2p/example/chat/1.0.0", Ada.ToString(), "Ada", text, "id", 1) { Label = "Ada", IsOwn = isOwn };

    private static MessageItem Item(string text, bool unread) => new("x", "/tincan/room/x", null, Ada.ToString(), "Ada", text, null, null, 1, false, unread) { Label = "Ada" };

    private static ConsoleKeyInfo Key(ConsoleKey key) => new('\0', key, shift: false, alt: false, control: false);
}
