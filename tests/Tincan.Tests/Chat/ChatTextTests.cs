using System.Text;
using Tincan.Chat;

namespace Tincan.Tests.Chat;

public sealed class ChatTextTests
{
    [Theory]
    [InlineData("abc", 3, "abc")]
    [InlineData("abc", 2, "ab")]
    [InlineData("é", 1, "")]
    [InlineData("世界", 5, "世")]
    [InlineData("a👋", 4, "a")]
    [InlineData("a👋", 5, "a👋")]
    public void Cuts_between_characters(string text, int bytes, string cut) => Assert.Equal(cut, ChatText.Cut(Encoding.UTF8.GetBytes(text), bytes));

    [Fact]
    public void Any_bytes_are_cut_within_four_of_where_they_are_to_be() =>
        Assert.Equal(7, ChatText.Cut([.. Enumerable.Repeat((byte)0x80, 100)], 10).Length);
}
