using System.Globalization;
using System.Text;
using Libp2p;
using Spectre.Console;
using Spectre.Console.Rendering;
using Tincan.Chat;
using Tincan.Chat.Rooms;

namespace Tincan.Terminal;

/// <summary>A chat on a terminal, in colour where that is wanted.</summary>
internal sealed class TerminalView : IChatView
{
    private const int Unbroken = ChatLimits.MaxDirectBytes * 16;

    private static readonly Style Dim = new(Color.Grey);
    private static readonly Style Bad = new(Color.Red);
    private static readonly Style Bold = new(decoration: Decoration.Bold);

    private readonly TerminalScreen _screen;
    private readonly bool _colors;

    /// <summary>Creates it.</summary>
    /// <param name="screen">Where it is shown.</param>
    /// <param name="colors">Whether in colour; null for what the environment says.</param>
    public TerminalView(TerminalScreen screen, bool? colors = null)
    {
        _screen = screen;
        // https://no-color.org: present and not empty, whatever its value.
        _colors = colors ?? string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        _screen.Echo = line => Echo(line) is { } echo ? Render(echo) : "";
    }

    /// <inheritdoc/>
    public void Show(ChatEvent chatEvent)
    {
        switch (chatEvent)
        {
            case ReadyEvent:
                _screen.Print(Render(new Rule("tincan") { Justification = Justify.Left, Style = Dim }));
                break;
            case JoinEvent e:
                _screen.Place = PlaceOf(e.Room);
                break;
            case LeaveEvent e:
                _screen.Place = PlaceOf(e.View);
                break;
        }
        if (ToRenderable(chatEvent) is { } renderable)
            _screen.Print(Render(renderable));
    }

    /// <inheritdoc/>
    public void Dispose() => _screen.Dispose();

    private static IRenderable? ToRenderable(ChatEvent chatEvent) => chatEvent switch
    {
        ReadyEvent e => Ready(e),
        MessageEvent e => Message(EventText.Prefix(e), e.IsOwn ? Bold : Named(e.From), e.Text, e.NotSaved),
        DirectEvent e => Message(EventText.Prefix(e), Named(e.From), e.Text, e.NotSaved),
        DirectSentEvent { Text: { } text } e => Message(EventText.Prefix(e), Named(e.To), text, e.NotSaved),
        DirectSentEvent or StatsEvent => null,
        ConnectEvent e => Lines(e, Named(e.Peer)),
        DisconnectEvent e => Lines(e, Named(e.Peer)),
        NameEvent e => Lines(e, Named(e.From)),
        ErrorEvent e => new Text($"! {EventText.Escape(e.Message)}{(e.Hint is null ? "" : $"; {EventText.Escape(e.Hint)}")}\n", Bad),
        PeersEvent { Items.Count: > 0 } e => Peers(e),
        WhoEvent { Items.Count: > 0 } e => Who(e),
        HistoryEvent { Items.Count: > 0 } e => Items(e.Items, showRoom: false),
        SearchEvent { Items.Count: > 0 } e => Items(e.Items, showRoom: true),
        _ => Lines(chatEvent, Dim),
    };

    // The workshop's room is where everyone begins: its prompt is the shortest.
    private static string PlaceOf(string? room) => room is null || room == RoomName.Workshop.Name ? "" : EventText.Escape(room);

    private static Paragraph Lines(ChatEvent chatEvent, Style style)
    {
        var lines = new Paragraph();
        foreach (var line in EventText.Lines(chatEvent))
            lines.Append(line + "\n", style);
        return lines;
    }

    private static Paragraph Ready(ReadyEvent e)
    {
        var text = new Paragraph();
        text.Append("You are ").Append(e.Peer, Bold).Append(", listening on\n");
        foreach (var address in e.Addrs)
            text.Append($"  {address}\n", Dim);
        foreach (var (who, command) in EventText.Invitations(e))
            text.Append($"{char.ToUpperInvariant(who[0])}{who[1..]}:\n").Append($"  {command}\n", Bold);
        text.Append("/help shows what you can type, Ctrl-C ends it.\n", Dim);
        return text;
    }

    private static Paragraph Message(string prefix, Style style, string text, bool? notSaved) =>
        Append(new Paragraph(), "", prefix, style, text, notSaved);

    private static Paragraph Append(Paragraph message, string before, string prefix, Style style, string text, bool? notSaved = null)
    {
        var isFirst = true;
        foreach (var line in EventText.Message(prefix, text, notSaved))
        {
            // Only the first line begins with the sender.
            var mark = isFirst ? prefix : EventText.Continuation;
            if (isFirst)
                message.Append(before, Dim);
            message.Append(mark, isFirst ? style : Dim);
            var content = line[mark.Length..];
            var isMarked = notSaved == true && content.EndsWith(EventText.NotSaved, StringComparison.Ordinal);
            message.Append(isMarked ? content[..^EventText.NotSaved.Length] : content);
            message.Append(isMarked ? EventText.NotSaved + "\n" : "\n", Bad);
            isFirst = false;
        }
        return message;
    }

    private static Paragraph Items(IReadOnlyList<MessageItem> items, bool showRoom)
    {
        var text = new Paragraph();
        var unread = items.Count(i => i.Unread);
        foreach (var item in items)
        {
            if (item.Unread && unread > 0)
            {
                text.Append(string.Create(CultureInfo.InvariantCulture, $"── {unread} unread ──\n"), Dim);
                unread = 0;
            }
            var (when, who) = EventText.Prefix(item, showRoom);
            Append(text, when, who, item.Sent ? Bold : Named(item.From), item.Text);
        }
        return text;
    }

    private static Paragraph Peers(PeersEvent e)
    {
        var text = new Paragraph();
        foreach (var item in e.Items)
        {
            foreach (var line in EventText.Peer(item))
                text.Append(line + "\n", line.StartsWith('*') ? Named(item.Peer) : Dim);
        }
        return text;
    }

    private static Paragraph Who(WhoEvent e)
    {
        var text = new Paragraph();
        foreach (var (item, line) in e.Items.Zip(EventText.Lines(e)))
            text.Append(line + "\n", Named(item.Peer));
        return text;
    }

    // A command stays to be seen. A message does not: it is shown when it is recorded, and so is never shown in vain.
    private static Paragraph? Echo(string line) =>
        line.StartsWith('/') && !line.StartsWith("//", StringComparison.Ordinal) ? new Paragraph(EventText.Escape(line) + "\n", Dim) : null;

    private static Style Named(string peer) => PeerId.TryParse(peer, out var id) ? new Style(Color.FromInt32(PeerColors.Of(id))) : Style.Plain;

    private string Render(IRenderable renderable)
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            ColorSystem = _colors ? ColorSystemSupport.EightBit : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
        // The terminal itself breaks long lines: an address can then be copied whole, and a change of its width mends them.
        console.Profile.Width = renderable is Paragraph or Text ? Unbroken : _screen.Width;
        console.Write(renderable);
        return writer.ToString();
    }
}
