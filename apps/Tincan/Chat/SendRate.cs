using Libp2p;

namespace Tincan.Chat;

/// <summary>
/// How fast this side sends: so that whoever receives takes all of it (<see cref="SenderRates"/>: 20 a second, 100 at once). The rate
/// is a little under that, as its clock is not ours; the burst is far under it, as a network that stalls and then hands over what came
/// meanwhile makes of what was sent over three seconds one burst.
/// </summary>
internal sealed class SendRate(TimeProvider time)
{
    /// <summary>Messages a second.</summary>
    public const double PerSecond = SenderRates.DefaultPerSecond - 1;

    /// <summary>Messages at once after a pause.</summary>
    public const double Burst = SenderRates.DefaultBurst - (3 * SenderRates.DefaultPerSecond);

    private TokenBucket _tokens = new(PerSecond, Burst);

    /// <summary>Waits for the turn of the next message. One caller at a time.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        while (!_tokens.TryTake(time.GetElapsedTime(0)))
            await Task.Delay(TimeSpan.FromSeconds(1 / PerSecond), time, cancellationToken).ConfigureAwait(false);
    }
}
