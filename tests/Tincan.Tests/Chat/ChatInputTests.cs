using Tincan.Chat;

namespace Tincan.Tests.Chat;

public sealed class ChatInputTests
{
    [Theory]
    [InlineData("hello there", null, "hello there")]
    [InlineData("  hello ", null, "  hello ")]
    [InlineData("//etc is a folder", null, "/etc is a folder")]
    [InlineData("/help", "help", "")]
    [InlineData("/HELP ", "help", "")]
    [InlineData("/msg  abc  two words ", "msg", "abc  two words")]
    [InlineData("/", "", "")]
    public void Reads_lines(string line, string? command, string argument) => Assert.Equal(new ChatInput(command, argument), ChatInput.Parse(line));

    [Fact]
    public void Cuts_at_the_first_space()
    {
        Assert.Equal(("abc", "two  words"), ChatInput.Parse("/msg abc   two  words").Split());
        Assert.Equal(("abc", ""), ChatInput.Parse("/msg abc").Split());
    }
}
