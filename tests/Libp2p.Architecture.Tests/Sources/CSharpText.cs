namespace Libp2p.Architecture.Tests.Sources;

/// <summary>C# with its comments and the contents of its literals blanked, so that what is left is code. Lines keep their numbers.</summary>
internal ref struct CSharpText
{
    private readonly ReadOnlySpan<char> _text;
    private readonly char[] _code;
    private int _position;

    private CSharpText(string text)
    {
        _text = text;
        _code = text.ToCharArray();
    }

    /// <summary>The code of a source file.</summary>
    public static string Blank(string text)
    {
        var reader = new CSharpText(text);
        reader.Code(untilBrace: false);
        return new string(reader._code);
    }

    private readonly bool At(string what) => _text[_position..].StartsWith(what, StringComparison.Ordinal);

    /// <summary>Code up to the end, or, in the hole of an interpolated string, up to its closing brace.</summary>
    private void Code(bool untilBrace)
    {
        var depth = 0;
        while (_position < _text.Length)
        {
            if (At("//"))
                Skip(LengthUntil("\n", 0));
            else if (At("/*"))
                Skip(LengthUntil("*/", 2) + 2);
            else if (_text[_position] == '\'')
                Skip(CharacterLength());
            else if (StringPrefixLength() is var prefix and >= 0)
                String(prefix);
            else if (_text[_position] == '{')
                (depth, _position) = (depth + 1, _position + 1);
            else if (_text[_position] == '}' && untilBrace && depth == 0)
                return;
            else if (_text[_position] == '}')
                (depth, _position) = (depth - 1, _position + 1);
            else
                _position++;
        }
    }

    private readonly int LengthUntil(string end, int from)
    {
        var length = _text[(_position + from)..].IndexOf(end, StringComparison.Ordinal);
        return length < 0 ? _text.Length - _position : from + length;
    }

    private void Skip(int length)
    {
        for (var end = Math.Min(_text.Length, _position + length); _position < end; _position++)
        {
            if (_code[_position] != '\n')
                _code[_position] = ' ';
        }
    }

    private readonly int CharacterLength()
    {
        var length = _position + 1 < _text.Length && _text[_position + 1] == '\\' ? 3 : 2;
        while (_position + length < _text.Length && _text[_position + length] is not ('\'' or '\n'))
            length++;
        return length + 1;
    }

    /// <summary>The characters before the quote of a string that begins here; -1 where none does.</summary>
    private readonly int StringPrefixLength()
    {
        var length = 0;
        while (_position + length < _text.Length && _text[_position + length] is '$' or '@')
            length++;
        return _position + length < _text.Length && _text[_position + length] == '"' ? length : -1;
    }

    private void String(int prefix)
    {
        var start = _text.Slice(_position, prefix);
        var dollars = start.Count('$');
        var verbatim = start.Contains('@');
        Skip(prefix);
        var quotes = 0;
        while (_position + quotes < _text.Length && _text[_position + quotes] == '"')
            quotes++;
        if (quotes == 2 && !verbatim)
            Skip(2);
        else if (quotes >= 3 && !verbatim)
            Contents(quotes, dollars, verbatim: true);
        else
            Contents(1, dollars, verbatim);
    }

    private void Contents(int quotes, int dollars, bool verbatim)
    {
        Skip(quotes);
        var end = new string('"', quotes);
        var hole = dollars == 0 ? null : new string('{', dollars);
        while (_position < _text.Length)
        {
            if (quotes == 1 && At(verbatim ? "\"\"" : "\\"))
            {
                Skip(2);
            }
            else if (At(end))
            {
                Skip(quotes);
                return;
            }
            else if (hole is not null && At(hole) && !(quotes == 1 && At("{{")))
            {
                Skip(dollars);
                Code(untilBrace: true);
                Skip(dollars);
            }
            else
            {
                Skip(hole is not null && quotes == 1 && At("{{") ? 2 : 1);
            }
        }
    }
}
