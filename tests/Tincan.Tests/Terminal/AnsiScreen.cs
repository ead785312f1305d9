using System.Globalization;
using System.Text;
using Tincan.Terminal;

namespace Tincan.Tests.Terminal;

/// <summary>
/// What a terminal of so many columns shows of what is written to it: text that wraps, wide characters, the control sequences that
/// this program uses, colours, and a change of its width that breaks long rows anew. Any other sequence is a failure.
/// </summary>
internal sealed class AnsiScreen(int width)
{
    private readonly List<Row> _rows = [new()];
    private int _row;
    private int _column;
    private string _style = "";

    /// <summary>Its width in columns.</summary>
    public int Width { get; private set; } = width;

    /// <summary>Where the cursor is.</summary>
    public (int Row, int Column) Cursor => (_row, _column);

    /// <summary>The rows as they are seen, without blanks at their ends.</summary>
    public IReadOnlyList<string> Rows => [.. _rows.Select(r => r.Text)];

    /// <summary>The rows with what belongs together in one line, as it would be copied.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            List<string> lines = [];
            var joins = false;
            foreach (var row in _rows)
            {
                if (joins)
                    lines[^1] += row.Text;
                else
                    lines.Add(row.Text);
                joins = row.Wraps;
            }
            return lines;
        }
    }

    /// <summary>The style of the first character of the first line that begins with a text, as the numbers of its sequences; empty for none.</summary>
    public string StyleOf(string text)
    {
        var row = _rows.Find(r => r.Text.Contains(text, StringComparison.Ordinal)) ?? throw new InvalidOperationException($"'{text}' is not on the screen");
        var column = TextWidth.Of(row.Text.AsSpan(0, row.Text.IndexOf(text, StringComparison.Ordinal)));
        return row.Cells[column].Style;
    }

    /// <summary>Writes.</summary>
    public void Write(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            switch (text[at])
            {
                case '\u001b':
                    at += Control(text, at);
                    break;
                case '\r':
                    _column = 0;
                    at++;
                    break;
                case '\n':
                    Down();
                    _column = 0;
                    at++;
                    break;
                case < ' ':
                    throw new InvalidOperationException($"a control character {(int)text[at]:x} was written");
                default:
                    var length = StringInfo.GetNextTextElementLength(text, at);
                    Put(text.Substring(at, length));
                    at += length;
                    break;
            }
        }
    }

    /// <summary>Changes its width, as terminals do: rows that were broken for want of room are broken anew.</summary>
    public void Resize(int width)
    {
        var (cursorRow, cursorColumn) = (_row, _column);
        List<(List<Cell> Cells, int? Cursor)> lines = [];
        for (var i = 0; i < _rows.Count; i++)
        {
            if (i == 0 || !_rows[i - 1].Wraps)
                lines.Add(([], null));
            var line = lines[^1];
            if (i == cursorRow)
                lines[^1] = (line.Cells, line.Cells.Count + cursorColumn);
            line.Cells.AddRange(_rows[i].Cells);
        }
        Width = width;
        _rows.Clear();
        foreach (var (cells, cursor) in lines)
        {
            for (var at = 0; at == 0 || at < cells.Count; at += width)
            {
                var part = cells.Skip(at).Take(width).ToList();
                _rows.Add(new Row { Cells = part, Wraps = at + width < cells.Count });
                if (cursor >= at && (cursor < at + width || at + width >= cells.Count))
                    (_row, _column) = (_rows.Count - 1, Math.Min(cursor.Value - at, width - 1));
            }
        }
    }

    private int Control(string text, int at)
    {
        var end = at + 2;
        while (end < text.Length && (char.IsAsciiDigit(text[end]) || text[end] == ';'))
            end++;
        var numbers = text[(at + 2)..end];
        var count = numbers.Length == 0 ? 1 : numbers.Contains(';', StringComparison.Ordinal) ? 0 : int.Parse(numbers, CultureInfo.InvariantCulture);
        switch (text[at + 1], text[end])
        {
            case ('[', 'm'):
                _style = numbers is "" or "0" ? "" : _style.Length == 0 ? numbers : $"{_style};{numbers}";
                break;
            case ('[', 'A'):
                _row = Math.Max(0, _row - count);
                break;
            case ('[', 'C'):
                _column = Math.Min(Width - 1, _column + count);
                break;
            case ('[', 'H'):
                (_row, _column) = (0, 0);
                break;
            case ('[', 'J') when numbers == "2":
                _rows.Clear();
                _rows.Add(new Row());
                (_row, _column) = (0, 0);
                break;
            case ('[', 'J') when numbers == "":
                _rows.RemoveRange(_row + 1, _rows.Count - _row - 1);
                _rows[_row].Cells.RemoveRange(Math.Min(_column, _rows[_row].Cells.Count), Math.Max(0, _rows[_row].Cells.Count - _column));
                _rows[_row].Wraps = false;
                break;
            default:
                throw new InvalidOperationException($"a sequence that is not known was written: {text[(at + 1)..(end + 1)]}");
        }
        return end + 1 - at;
    }

    private void Put(string element)
    {
        var columns = TextWidth.OfElement(element);
        if (_column + columns > Width)
        {
            _rows[_row].Wraps = true;
            Down();
            _column = 0;
        }
        var cells = _rows[_row].Cells;
        while (cells.Count < _column + columns)
            cells.Add(Cell.Blank);
        if (columns == 0)
        {
            if (_column > 0)
                cells[_column - 1] = cells[_column - 1] with { Text = cells[_column - 1].Text + element };
            return;
        }
        cells[_column] = new Cell(element, _style);
        // The second half of a wide character.
        if (columns == 2)
            cells[_column + 1] = new Cell("", _style);
        _column += columns;
    }

    private void Down()
    {
        _row++;
        if (_row == _rows.Count)
            _rows.Add(new Row());
    }

    private sealed record Cell(string Text, string Style)
    {
        public static readonly Cell Blank = new(" ", "");
    }

    private sealed class Row
    {
        public List<Cell> Cells { get; init; } = [];

        public bool Wraps { get; set; }

        public string Text => string.Concat(Cells.Select(c => c.Text)).TrimEnd();
    }
}
