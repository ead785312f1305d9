using Tincan.Terminal;

namespace Tincan.Tests.Terminal;

public sealed class LineEditorTests
{
    private readonly LineEditor _editor = new();

    [Fact]
    public void Types_in_the_middle()
    {
        Type("helo");
        Press(ConsoleKey.LeftArrow);
        Type("l");
        Assert.Equal(("hello", 4), (_editor.Text, _editor.Cursor));
        Press(ConsoleKey.Home);
        Type("o");
        Press(ConsoleKey.End);
        Type("!");
        Assert.Equal("ohello!", _editor.Text);
    }

    [Theory]
    [InlineData("e\u0301")]
    [InlineData("世")]
    [InlineData("👋")]
    [InlineData("👩‍👩‍👧")]
    [InlineData("🇩🇪")]
    public void One_key_moves_over_and_removes_what_is_seen_as_one_character(string character)
    {
        Type($"a{character}b");
        Press(ConsoleKey.LeftArrow);
        Press(ConsoleKey.LeftArrow);
        Assert.Equal(1, _editor.Cursor);
        Press(ConsoleKey.RightArrow);
        Press(ConsoleKey.Backspace);
        Assert.Equal(("ab", 1), (_editor.Text, _editor.Cursor));
        Type(character);
        Press(ConsoleKey.LeftArrow);
        Press(ConsoleKey.Delete);
        Assert.Equal("ab", _editor.Text);
    }

    [Fact]
    public void Control_keys_do_what_shells_taught()
    {
        Type("one two  three");
        Control(ConsoleKey.W);
        Assert.Equal("one two  ", _editor.Text);
        Control(ConsoleKey.W);
        Assert.Equal("one ", _editor.Text);
        Control(ConsoleKey.Y);
        Assert.Equal("one two  ", _editor.Text);
        Control(ConsoleKey.A);
        Assert.Equal(0, _editor.Cursor);
        Control(ConsoleKey.F);
        Control(ConsoleKey.K);
        Assert.Equal("o", _editor.Text);
        Control(ConsoleKey.E);
        Control(ConsoleKey.U);
        Assert.Equal("", _editor.Text);
        Assert.Equal(EditResult.Ended, Control(ConsoleKey.D));
        Assert.Equal(EditResult.Clear, Control(ConsoleKey.L));
    }

    [Fact]
    public void History_is_gone_through_without_losing_what_is_being_typed()
    {
        foreach (var line in (string[])["one", "two", "two"])
        {
            Type(line);
            Assert.Equal(EditResult.Submitted, Press(ConsoleKey.Enter));
            Assert.Equal(line, _editor.Submit());
        }
        Type("draft");
        Press(ConsoleKey.UpArrow);
        Assert.Equal("two", _editor.Text);
        Press(ConsoleKey.UpArrow);
        Assert.Equal("one", _editor.Text);
        Assert.Equal(EditResult.Unchanged, Press(ConsoleKey.UpArrow));
        Press(ConsoleKey.DownArrow);
        Press(ConsoleKey.DownArrow);
        Assert.Equal(("draft", 5), (_editor.Text, _editor.Cursor));
        Assert.Equal(EditResult.Unchanged, Press(ConsoleKey.DownArrow));
    }

    [Fact]
    public void What_does_not_print_and_half_a_character_are_not_text()
    {
        Assert.Equal(EditResult.Unchanged, _editor.Apply(new ConsoleKeyInfo('\u001b', ConsoleKey.Escape, false, false, false)));
        Assert.Equal(EditResult.Unchanged, _editor.Apply(new ConsoleKeyInfo('\udc4b', 0, false, false, false)));
        Assert.Equal(EditResult.Unchanged, _editor.Apply(new ConsoleKeyInfo('\ud83d', 0, false, false, false)));
        Type("a");
        Assert.Equal("a", _editor.Text);
    }

    [Fact]
    public void A_line_has_an_end()
    {
        var editor = new LineEditor(maxLength: 3);
        foreach (var c in "abcd")
            editor.Apply(new ConsoleKeyInfo(c, 0, false, false, false));
        Assert.Equal("abc", editor.Text);
    }

    [Fact]
    public void Any_keys_leave_a_line_with_its_cursor_between_characters()
    {
        const int seed = 20_251;
        var random = new Random(seed);
        ConsoleKey[] keys =
        [
            ConsoleKey.LeftArrow, ConsoleKey.RightArrow, ConsoleKey.Backspace, ConsoleKey.Delete, ConsoleKey.UpArrow, ConsoleKey.DownArrow, ConsoleKey.Home,
            ConsoleKey.End, ConsoleKey.W, ConsoleKey.K, ConsoleKey.Y, ConsoleKey.U, ConsoleKey.Enter,
        ];
        const string characters = "ab 世é👋\u0301🇩🇪";
        for (var i = 0; i < 20_000; i++)
        {
            if (random.Next(2) == 0)
                Type(characters[random.Next(characters.Length)].ToString());
            else if (_editor.Apply(new ConsoleKeyInfo('\0', keys[random.Next(keys.Length)], false, false, random.Next(2) == 0)) == EditResult.Submitted)
                _editor.Submit();
            Assert.InRange(_editor.Cursor, 0, _editor.Text.Length);
            Assert.True(_editor.Cursor == _editor.Text.Length || !char.IsLowSurrogate(_editor.Text[_editor.Cursor]), $"seed {seed}, step {i}");
        }
    }

    private void Type(string text)
    {
        foreach (var c in text)
            _editor.Apply(new ConsoleKeyInfo(c, 0, false, false, false));
    }

    private EditResult Press(ConsoleKey key) => _editor.Apply(new ConsoleKeyInfo('\0', key, false, false, false));

    private EditResult Control(ConsoleKey key) => _editor.Apply(new ConsoleKeyInfo('\0', key, false, false, true));
}
