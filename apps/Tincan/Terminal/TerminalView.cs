using System.Globalization;
using System.Text;
using Libp2p;
using Spectre.Console;
using Spectre.Console.Rendering;
using Tincan.Chat;

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
    public TerminalView(TerminalScreen screen)
    {
        _screen = screen;
        // https://no-color.org: present and not empty, whatever its value.
        _colors = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        _screen.Echo = line => Render(Echo(line));
    }

    /// <inheritdoc/>
    public void Show(ChatEvent chatEvent)
    {
        if (chatEvent is ReadyEvent)
            _screen.Print(Render(new Rule("tincan") { Justification = Justify.Left, Style = Dim }));
        if (ToRenderable(chatEvent) is { } renderable)
            _screen.Print(Render(renderable));
    }

    /// <inheritdoc/>
    public void Dispose() => _screen.Dispose();

    private static IRenderable? ToRenderable(ChatEvent chatEvent) => chatEvent switch
    {
        ReadyEvent e => Ready(e),
        DirectEvent e => Message(e),
        ConnectEvent e => Lines(e, Named(e.Peer)),
        DisconnectEvent e => Lines(e, Named(e.Peer)),
        DirectSentEvent => null,
        ErrorEvent e => new Text($"! {EventText.Escape(e.Message)}{(e.Hint is null ? "" : $"; {EventText.Escape(e.Hint)}")}\n", Bad),
        PeersEvent { Items.Count: > 0 } e => Peers(e),
        _ => Lines(chatEvent, Dim),
    };

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

    private static Paragraph Message(DirectEvent e)
    {
        var message = new Paragraph();
        var prefix = $"<{EventText.Short(e.From)}> ";
        foreach (var line in EventText.Message(prefix, e.Text))
        {
            // Only the first line begins with the sender.
            var (mark, style) = message.Length == 0 ? (prefix, Named(e.From)) : (EventText.Continuation, Dim);
            message.Append(mark, style).Append(line[mark.Length..] + "\n");
        }
        return message;
    }

    private static Table Peers(PeersEvent e)
    {
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumns("peer", "address", "agent", "ms", "");
        foreach (var item in e.Items)
        {
            var notes = new StringBuilder();
            notes.Append(item.Chat == false ? "takes no messages " : "").Append(item.Ignored ? "ignored " : "");
            if (item.Dropped > 0)
                notes.Append(CultureInfo.InvariantCulture, $"{item.Dropped} dropped");
            table.AddRow(
                new Text(EventText.Short(item.Peer), Named(item.Peer)), new Text(item.Addr), new Text(EventText.Escape(item.Agent ?? "")),
                new Text(item.RttMs?.ToString("0.###", CultureInfo.InvariantCulture) ?? ""), new Text(notes.ToString()));
        }
        return table;
    }

    private static Paragraph Echo(string line)
    {
        var text = EventText.Escape(line);
        return line.StartsWith('/') && !line.StartsWith("//", StringComparison.Ordinal)
            ? new Paragraph(text + "\n", Dim)
            : new Paragraph("<you> ", Bold).Append((line.StartsWith('/') ? text[1..] : text) + "\n");
    }

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
        console.Profile.Width = renderable is Paragraph or Text ? Unbroken : TerminalScreen.Width;
        console.Write(renderable);
        return writer.ToString();
    }
}
