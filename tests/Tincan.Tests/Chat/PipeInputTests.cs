using System.Text;
using Tincan.Chat;

namespace Tincan.Tests.Chat;

public sealed class PipeInputTests
{
    [Fact]
    public async Task Reads_lines_to_the_end_and_keeps_no_more_of_a_long_one_than_shows_that_it_is()
    {
        var text = "one\r\n\ntwo\n" + new string('x', ChatLimits.MaxInputLength * 2) + "\nlast";
        List<string> lines = [];
        await foreach (var line in PipeInput.Start(new MemoryStream(Encoding.UTF8.GetBytes(text))).ReadAllAsync())
            lines.Add(line);
        Assert.Equal(["one", "", "two", new string('x', ChatLimits.MaxInputLength), "last"], lines);
    }
}
