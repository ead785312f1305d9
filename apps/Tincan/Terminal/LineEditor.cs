using System.Globalization;

namespace Tincan.Terminal;

/// <summary>What a key led to.</summary>
internal enum EditResult
{
    /// <summary>Nothing is different.</summary>
    Unchanged,

    /// <summary>The line or the place of the cursor is.</summary>
    Changed,

    /// <summary>The line is finished: <see cref="LineEditor.Submit"/> takes it.</summary>
    Submitted,

    /// <summary>Ctrl-D on an empty line: there will be no more.</summary>
    Ended,

    /// <summary>Ctrl-L: the screen is to be cleared.</summary>
    Clear,
}

/// <summary>A line that is being typed. It moves by what a person sees as one character, and knows nothing of the terminal.</summary>
internal sealed class LineEditor(int maxLength = LineEditor.DefaultMaxLength)
{
    /// <summary>Characters of a line: as many as a message may have.</summary>
    public const int DefaultMaxLength = 64 * 1024;

    private readonly InputHistory _history = new();
    private string _killed = "";
    private char _highSurrogate;

    /// <summary>The line.</summary>
    public string Text { get; private set; } = "";

    /// <summary>Where the cursor is: before that character of <see cref="Text"/>.</summary>
    public int Cursor { get; private set; }

    /// <summary>Takes the finished line, remembers it, and begins an empty one.</summary>
    public string Submit()
    {
        var line = Text;
        _history.Add(line);
        Set("");
        return line;
    }

    /// <summary>Applies a key.</summary>
    public EditResult Apply(ConsoleKeyInfo key)
    {
        var control = (key.Modifiers & ConsoleModifiers.Control) != 0;
        var alt = (key.Modifiers & ConsoleModifiers.Alt) != 0;
        switch (key.Key)
        {
            case ConsoleKey.Enter:
                return EditResult.Submitted;
            case ConsoleKey.LeftArrow:
                return MoveTo(control || alt ? PreviousWord() : Previous());
            case ConsoleKey.RightArrow:
                return MoveTo(control || alt ? NextWord() : Next());
            case ConsoleKey.Home:
                return MoveTo(0);
            case ConsoleKey.End:
                return MoveTo(Text.Length);
            case ConsoleKey.UpArrow:
                return Recall(_history.Previous(Text));
            case ConsoleKey.DownArrow:
                return Recall(_history.Next());
            case ConsoleKey.Backspace:
                return Remove(alt || control ? PreviousWord() : Previous(), Cursor);
            case ConsoleKey.Delete:
                return Remove(Cursor, Next());
        }
        if (control && !alt)
            return ApplyControl(key.Key);
        // AltGr, which types characters, is both at once on some systems.
        return alt && !control ? ApplyAlt(key.Key) : Insert(key.KeyChar);
    }

    private EditResult ApplyControl(ConsoleKey key) => key switch
    {
        ConsoleKey.A => MoveTo(0),
        ConsoleKey.E => MoveTo(Text.Length),
        ConsoleKey.B => MoveTo(Previous()),
        ConsoleKey.F => MoveTo(Next()),
        ConsoleKey.P => Recall(_history.Previous(Text)),
        ConsoleKey.N => Recall(_history.Next()),
        ConsoleKey.H => Remove(Previous(), Cursor),
        ConsoleKey.U => Kill(0, Cursor),
        ConsoleKey.K => Kill(Cursor, Text.Length),
        ConsoleKey.W => Kill(PreviousWord(), Cursor),
        ConsoleKey.Y => Insert(_killed),
        ConsoleKey.D => Text.Length == 0 ? EditResult.Ended : Remove(Cursor, Next()),
        ConsoleKey.J or ConsoleKey.M => EditResult.Submitted,
        ConsoleKey.L => EditResult.Clear,
        _ => EditResult.Unchanged,
    };

    private EditResult ApplyAlt(ConsoleKey key) => key switch
    {
        ConsoleKey.B => MoveTo(PreviousWord()),
        ConsoleKey.F => MoveTo(NextWord()),
        ConsoleKey.D => Kill(Cursor, NextWord()),
        _ => EditResult.Unchanged,
    };

    private EditResult Insert(char character)
    {
        // A character beyond the basic plane comes as two keys; half of one is no text.
        if (char.IsHighSurrogate(character))
        {
            _highSurrogate = character;
            return EditResult.Unchanged;
        }
        var first = _highSurrogate;
        _highSurrogate = default;
        if (char.IsLowSurrogate(character))
            return first == default ? EditResult.Unchanged : Insert(new string([first, character]));
        return character == '\t' ? Insert(" ") : char.IsControl(character) ? EditResult.Unchanged : Insert(character.ToString());
    }

    private EditResult Insert(string text)
    {
        if (text.Length == 0 || Text.Length + text.Length > maxLength)
            return EditResult.Unchanged;
        Text = Text.Insert(Cursor, text);
        Cursor += text.Length;
        return EditResult.Changed;
    }

    private EditResult MoveTo(int position)
    {
        if (position == Cursor)
            return EditResult.Unchanged;
        Cursor = position;
        return EditResult.Changed;
    }

    private EditResult Remove(int from, int to)
    {
        if (from == to)
            return EditResult.Unchanged;
        Text = Text.Remove(from, to - from);
        Cursor = from;
        return EditResult.Changed;
    }

    private EditResult Kill(int from, int to)
    {
        if (from == to)
            return EditResult.Unchanged;
        _killed = Text[from..to];
        return Remove(from, to);
    }

    private EditResult Recall(string? line)
    {
        if (line is null)
            return EditResult.Unchanged;
        Set(line);
        return EditResult.Changed;
    }

    private void Set(string line)
    {
        Text = line;
        Cursor = line.Length;
    }

    private int Next() => Cursor == Text.Length ? Cursor : Cursor + StringInfo.GetNextTextElementLength(Text, Cursor);

    private int Previous()
    {
        var previous = 0;
        // Elements can only be told from the beginning.
        for (var at = 0; at < Cursor; at += StringInfo.GetNextTextElementLength(Text, at))
            previous = at;
        return previous;
    }

    private int PreviousWord()
    {
        var at = Cursor;
        while (at > 0 && char.IsWhiteSpace(Text[at - 1]))
            at--;
        while (at > 0 && !char.IsWhiteSpace(Text[at - 1]))
            at--;
        return at;
    }

    private int NextWord()
    {
        var at = Cursor;
        while (at < Text.Length && char.IsWhiteSpace(Text[at]))
            at++;
        while (at < Text.Length && !char.IsWhiteSpace(Text[at]))
            at++;
        return at;
    }
}
