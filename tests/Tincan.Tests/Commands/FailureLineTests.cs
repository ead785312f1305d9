using Libp2p;
using Tincan.Commands;

namespace Tincan.Tests.Commands;

public sealed class FailureLineTests
{
    [Fact]
    public void Two_sentences_become_cause_and_next_step() => Assert.Equal(
        "tincan: the file is bad; look at it",
        FailureLine.Of(new KeyFileException("f", "The file is bad. Look at it.")).ToString());

    [Fact]
    public void A_failure_is_one_line_whatever_it_says()
    {
        var line = FailureLine.Of(new InvalidOperationException("one\ntwo \u001b[31m")).ToString();
        Assert.DoesNotContain('\n', line);
        Assert.DoesNotContain('\u001b', line);
    }

    [Theory]
    [InlineData("ABC is no word", "ABC is no word")]
    [InlineData("A word", "a word")]
    [InlineData("Word.", "word")]
    [InlineData("/path", "/path")]
    public void Only_a_sentences_capital_becomes_small(string message, string what) =>
        Assert.Equal(what, FailureLine.Of(new Libp2pException(Libp2pError.Timeout, message)).What);

    [Fact]
    public void Every_kind_of_failure_has_a_next_step() =>
        Assert.All(Enum.GetValues<Libp2pError>(), error => Assert.NotEmpty(FailureLine.Advise(error)));

    [Theory]
    [InlineData(DialStage.Multiplex, "/mplex/6.7.0", "the peer has only mplex: try --legacy")]
    [InlineData(DialStage.Secure, "/secio/1.0.0", "the peer has only SECIO: try --legacy")]
    [InlineData(DialStage.Secure, null, "check that the address is one of a libp2p peer; one of 2020 needs --legacy, one in a private network its --swarm-key")]
    [InlineData(DialStage.Multiplex, "/other/1", "the peer does not offer this: `tincan identify` shows what it speaks")]
    public void A_peer_of_2020_is_told_how_to_be_reached(DialStage stage, string? offered, string nextStep)
    {
        var attempt = new DialAttempt(Multiaddress.Parse("/ip4/192.0.2.1/tcp/1"), stage, "refused", Libp2pError.NegotiationFailed, TimeSpan.Zero)
        {
            Offered = offered is null ? [] : [offered],
        };
        Assert.Equal(nextStep, FailureLine.Of(new DialException(null, [attempt])).NextStep);
    }

    [Fact]
    public void A_command_says_its_own_exit_code() =>
        Assert.Equal(2, FailureLine.Of(new CommandException("a", "b", ExitCodes.Usage)).ExitCode);
}
