using Tincan.Terminal;

namespace Tincan.Tests.Terminal;

public sealed class PromptLayoutTests
{
    private readonly PromptLayout _layout = new();

    [Fact]
    public void A_short_line_is_shown_whole()
    {
        Assert.Equal(("hello", 5), _layout.Fit("hello", 5, 10));
        Assert.False(_layout.IsScrolled);
    }

    [Fact]
    public void A_long_line_follows_the_cursor_to_both_ends()
    {
        var text = new string('a', 50) + "END";
        var (visible, column) = _layout.Fit(text, text.Length, 10);
        Assert.EndsWith("END", visible, StringComparison.Ordinal);
        Assert.Equal(visible.Length, column);
        Assert.True(_layout.IsScrolled);
        Assert.Equal(("aaaaaaaaa", 0), _layout.Fit(text, 0, 10));
        Assert.False(_layout.IsScrolled);
    }

    [Fact]
    public void An_emptied_line_is_shown_from_its_beginning()
    {
        _layout.Fit(new string('a', 50), 50, 10);
        Assert.Equal(("", 0), _layout.Fit("", 0, 10));
        Assert.False(_layout.IsScrolled);
    }

    [Fact]
    public void Nothing_is_ever_wider_than_there_is_room()
    {
        const int seed = 77;
        var random = new Random(seed);
        string[] elements = ["a", "世", "👋", "e\u0301", "👩‍👩‍👧", " "];
        for (var i = 0; i < 5_000; i++)
        {
            var parts = Enumerable.Range(0, random.Next(40)).Select(_ => elements[random.Next(elements.Length)]).ToList();
            var text = string.Concat(parts);
            var cursor = string.Concat(parts.Take(random.Next(parts.Count + 1))).Length;
            var columns = random.Next(2, 30);
            var (visible, column) = _layout.Fit(text, cursor, columns);
            Assert.True(TextWidth.Of(visible) < columns && column < columns && column >= 0, $"seed {seed}, step {i}: '{visible}' in {columns}");
            Assert.Contains(visible, text, StringComparison.Ordinal);
        }
    }
}
