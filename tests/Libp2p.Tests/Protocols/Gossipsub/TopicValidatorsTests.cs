using Libp2p.Protocols.Gossipsub;
using Libp2p.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Libp2p.Tests.Protocols.Gossipsub;

public sealed class TopicValidatorsTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly TaskCompletionSource<PubsubVerdict> _verdict = new();
    private int _asked;

    [Theory]
    [InlineData(3, 8, 3)]
    [InlineData(8, 3, 3)]
    public async Task What_is_beyond_the_bounds_is_ignored_and_not_judged(int ofTopic, int inAll, int judged)
    {
        var validators = new TopicValidators(inAll, _time, NullLogger.Instance, CancellationToken.None);
        using var validator = validators.Add("t", JudgeAsync, new ValidatorOptions { MaxConcurrent = ofTopic });
        var judging = Enumerable.Range(0, 10).Select(_ => validators.JudgeAsync(Message()).AsTask()).ToList();
        Assert.Equal(judged, _asked);
        Assert.All(judging.Skip(judged), j => Assert.Equal(new Judgement(PubsubVerdict.Ignore, IsThrottled: true), j.Result));
        _verdict.SetResult(PubsubVerdict.Accept);
        foreach (var one in judging.Take(judged))
            Assert.Equal(new Judgement(PubsubVerdict.Accept), await one);
        // There is room again.
        Assert.Equal(new Judgement(PubsubVerdict.Accept), await validators.JudgeAsync(Message()));
    }

    [Fact]
    public async Task A_judgement_that_takes_too_long_is_to_ignore()
    {
        var validators = new TopicValidators(8, _time, NullLogger.Instance, CancellationToken.None);
        using var validator = validators.Add("t", JudgeAsync, new ValidatorOptions { Timeout = TimeSpan.FromSeconds(10) });
        var judging = validators.JudgeAsync(Message()).AsTask();
        _time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(judging.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(new Judgement(PubsubVerdict.Ignore), await judging);
    }

    private async ValueTask<PubsubVerdict> JudgeAsync(PubsubMessage message, CancellationToken cancellationToken)
    {
        _asked++;
        return await _verdict.Task;
    }

    private static PubsubMessage Message() => new() { Topic = "t", Data = default, Id = new([1]), ReceivedFrom = MachineHarness.Id(1) };
}
