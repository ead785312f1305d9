using Tincan.Terminal;

namespace Tincan.Tests.Terminal;

public sealed class TextWidthTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("abc", 3)]
    [InlineData("é", 1)]
    [InlineData("e\u0301", 1)]
    [InlineData("世界", 4)]
    [InlineData("ｆｕｌｌ", 8)]
    [InlineData("한글", 4)]
    [InlineData("👋", 2)]
    [InlineData("👩‍👩‍👧", 2)]
    [InlineData("❤️", 2)]
    [InlineData("a\u200db", 2)]
    public void Counts_columns(string text, int columns) => Assert.Equal(columns, TextWidth.Of(text));
}
