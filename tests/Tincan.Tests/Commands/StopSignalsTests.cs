using Tincan.Commands;

namespace Tincan.Tests.Commands;

public sealed class StopSignalsTests
{
    [Theory]
    [InlineData(null, 2)]
    [InlineData("", 2)]
    [InlineData("1", 2)]
    [InlineData("-5", 2)]
    [InlineData("soon", 2)]
    [InlineData("4000", 2)]
    [InlineData("10", 10)]
    public void A_goodbye_has_two_seconds_or_more_where_the_environment_gives_it(string? said, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), StopSignals.PatienceOf(said));
}
