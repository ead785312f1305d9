namespace Tincan.Terminal;

/// <summary>The lines that were typed, to go back to. What is being typed is kept while one looks.</summary>
internal sealed class InputHistory
{
    private const int MaxLines = 200;

    private readonly List<string> _lines = [];
    private int _position;
    private string _draft = "";

    /// <summary>Adds a line, unless it is empty or the last one again, and goes back to the end.</summary>
    public void Add(string line)
    {
        if (line.Length > 0 && (_lines.Count == 0 || _lines[^1] != line))
            _lines.Add(line);
        if (_lines.Count > MaxLines)
            _lines.RemoveAt(0);
        _position = _lines.Count;
        _draft = "";
    }

    /// <summary>The line before; null where there is none.</summary>
    /// <param name="current">What is in the editor.</param>
    public string? Previous(string current)
    {
        if (_position == 0)
            return null;
        if (_position == _lines.Count)
            _draft = current;
        return _lines[--_position];
    }

    /// <summary>The line after, in the end what was being typed; null where there is none.</summary>
    public string? Next()
    {
        if (_position == _lines.Count)
            return null;
        return ++_position == _lines.Count ? _draft : _lines[_position];
    }
}
