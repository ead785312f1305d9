using Libp2p;

namespace Tincan.Chat.Rooms;

/// <summary>Publishes to rooms, one message after the other, at the rate that receivers take of one sender.</summary>
internal sealed class RoomPublisher(IPubsub pubsub, TimeProvider time) : IDisposable
{
    // A little under what a receiver takes (20 a second, 100 at once), as its clock is not ours.
    private const double MessagesPerSecond = 19;
    private const double Burst = 90;

    private readonly SemaphoreSlim _turn = new(1);
    private TokenBucket _rate = new(MessagesPerSecond, Burst);

    /// <summary>Publishes a message when its turn has come.</summary>
    public async ValueTask<PublishResult> PublishAsync(string topic, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (!_rate.TryTake(time.GetElapsedTime(0)))
                await Task.Delay(TimeSpan.FromSeconds(1 / MessagesPerSecond), time, cancellationToken).ConfigureAwait(false);
            return await pubsub.PublishAsync(topic, data, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();
}
