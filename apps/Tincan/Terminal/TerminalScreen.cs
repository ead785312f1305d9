using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading.Channels;

namespace Tincan.Terminal;

/// <summary>
/// The terminal: what is printed scrolls up above one line that is being typed and stays as it is. All output goes through here, in
/// one write for each change, so neither disturbs the other.
/// </summary>
internal sealed class TerminalScreen : IDisposable
{
    private const int MaxWaitingLines = 64;
    private const int MaxPlaceWidth = 24;
    private const string Prompt = "> ";
    private const string ScrolledPrompt = "\u2039 ";
    private const string EraseBelow = "\r\u001b[J";
    private const string EraseScreen = "\u001b[2J\u001b[H";

    private readonly ITerminal _terminal;
    private readonly Lock _gate = new();
    private readonly LineEditor _editor = new();
    private readonly PromptLayout _layout = new();
    private readonly Channel<string> _lines = Channel.CreateBounded<string>(MaxWaitingLines);
    private readonly List<PosixSignalRegistration> _registrations = [];
    private string _place = "";
    private bool _prompting;
    private int _drawnColumn;
    private int _drawnWidth;

    /// <summary>Creates it.</summary>
    /// <param name="terminal">The terminal.</param>
    public TerminalScreen(ITerminal terminal) => _terminal = terminal;

    /// <summary>Makes the text, with its end of line, that stays on the screen for a line that was entered.</summary>
    public Func<string, string> Echo { get; set; } = line => line + "\n";

    /// <summary>The terminal's width in columns.</summary>
    public int Width => _terminal.Width;

    /// <summary>Where a line goes, in front of the prompt; of a long name the end. Shown with the next change.</summary>
    public string Place
    {
        get => _place;
        set => _place = TextWidth.Of(value) <= MaxPlaceWidth ? value : "…" + TextWidth.End(value, MaxPlaceWidth - 1);
    }

    /// <summary>Shows the prompt and begins to read keys.</summary>
    /// <returns>The lines that are entered; ended by Ctrl-D.</returns>
    public ChannelReader<string> Start()
    {
        lock (_gate)
        {
            _prompting = true;
            Write("");
        }
        if (!OperatingSystem.IsWindows())
        {
            foreach (var signal in (ReadOnlySpan<PosixSignal>)[PosixSignal.SIGWINCH, PosixSignal.SIGCONT])
                _registrations.Add(PosixSignalRegistration.Create(signal, _ => Print("")));
        }
        new Thread(ReadKeys) { IsBackground = true, Name = "keys" }.Start();
        return _lines.Reader;
    }

    /// <summary>Prints above the line that is being typed.</summary>
    /// <param name="text">Whole lines, each with its end.</param>
    public void Print(string text)
    {
        lock (_gate)
            Write(text);
    }

    /// <summary>Takes the prompt away.</summary>
    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        lock (_gate)
        {
            if (!_prompting)
                return;
            _prompting = false;
            try
            {
                Write("");
            }
            catch (IOException)
            {
                // The terminal is gone.
            }
        }
    }

    private void ReadKeys()
    {
        try
        {
            while (Apply(_terminal.ReadKey()))
            {
            }
        }
        catch (Exception e) when (e is IOException or InvalidOperationException)
        {
            // The terminal is gone, and the chat ends as with the end of any input.
        }
        _lines.Writer.TryComplete();
    }

    private bool Apply(ConsoleKeyInfo key)
    {
        lock (_gate)
        {
            switch (_editor.Apply(key))
            {
                case EditResult.Changed:
                    // Of a text that is pasted only the end is drawn.
                    if (!_terminal.KeyAvailable)
                        Write("");
                    break;
                case EditResult.Submitted:
                    // Where the chat does not keep up, the line stays until it does.
                    if (!string.IsNullOrWhiteSpace(_editor.Text) && _lines.Writer.TryWrite(_editor.Text))
                        Write(Echo(_editor.Submit()));
                    break;
                case EditResult.Clear:
                    _terminal.Write(EraseScreen);
                    Write("");
                    break;
                case EditResult.Ended:
                    return false;
            }
            return true;
        }
    }

    /// <summary>Takes the prompt away, prints, and draws the prompt again below.</summary>
    private void Write(string text)
    {
        var width = Width;
        var drawing = new StringBuilder();
        // A terminal that has become narrower has broken the prompt into rows; the cursor is in the row of its column.
        if (_drawnWidth > width && _drawnColumn >= width)
            drawing.Append(CultureInfo.InvariantCulture, $"\u001b[{_drawnColumn / width}A");
        drawing.Append(EraseBelow).Append(text);
        if (_prompting)
        {
            // A narrow terminal has no room for where a line goes.
            var place = Place.Length > 0 && width >= 3 * MaxPlaceWidth ? Place : "";
            var promptWidth = TextWidth.Of(place) + TextWidth.Of(Prompt);
            var (visible, column) = _layout.Fit(_editor.Text, _editor.Cursor, width - promptWidth);
            (_drawnColumn, _drawnWidth) = (column + promptWidth, width);
            drawing.Append(place).Append(_layout.IsScrolled ? ScrolledPrompt : Prompt).Append(visible);
            drawing.Append(CultureInfo.InvariantCulture, $"\r\u001b[{_drawnColumn}C");
        }
        _terminal.Write(drawing.ToString());
    }
}
