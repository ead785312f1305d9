using System.Globalization;

namespace Tincan.Terminal;

/// <summary>Which part of a line fits the terminal's width: a line that is longer moves sideways under the cursor.</summary>
internal sealed class PromptLayout
{
    private int _start;
    private int _columns;

    /// <summary>Whether there is more to the left of what is shown.</summary>
    public bool IsScrolled => _start > 0;

    /// <summary>Chooses the part that is shown.</summary>
    /// <param name="text">The line.</param>
    /// <param name="cursor">The cursor's place in it.</param>
    /// <param name="columns">The columns that there are, the cursor's own included.</param>
    /// <returns>The part, and the cursor's column in it.</returns>
    public (string Visible, int CursorColumn) Fit(string text, int cursor, int columns)
    {
        columns = Math.Max(columns, 2);
        // A terminal that has become wider may have room for what had left on the left.
        if (columns > _columns && TextWidth.Of(text) < columns)
            _start = 0;
        _columns = columns;
        // A cursor that has left on the left is brought back with some of what is before it.
        if (_start > 0 && _start >= cursor)
            _start = StepBack(text, cursor, columns / 2);
        var before = TextWidth.Of(text.AsSpan(_start, cursor - _start));
        while (before >= columns)
        {
            var length = StringInfo.GetNextTextElementLength(text, _start);
            before -= TextWidth.OfElement(text.AsSpan(_start, length));
            _start += length;
        }
        var (end, width) = (_start, 0);
        while (end < text.Length)
        {
            var length = StringInfo.GetNextTextElementLength(text, end);
            width += TextWidth.OfElement(text.AsSpan(end, length));
            if (width >= columns)
                break;
            end += length;
        }
        return (text[_start..end], before);
    }

    private static int StepBack(string text, int cursor, int columns)
    {
        List<int> starts = [];
        for (var at = 0; at < cursor; at += StringInfo.GetNextTextElementLength(text, at))
            starts.Add(at);
        var (start, width) = (cursor, 0);
        for (var i = starts.Count - 1; i >= 0; i--)
        {
            width += TextWidth.OfElement(text.AsSpan(starts[i], start - starts[i]));
            if (width > columns)
                break;
            start = starts[i];
        }
        return start;
    }
}
