using Libp2p;

namespace Tincan.Chat.Rooms;

/// <summary>Publishes to rooms, one message after the other, at the rate that receivers take of one sender.</summary>
internal sealed class RoomPublisher(IPubsub pubsub, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly SendRate _rate = new(time);

    /// <summary>Publishes a message when its turn has come.</summary>
    public async ValueTask<PublishResult> PublishAsync(string topic, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await _rate.WaitAsync(cancellationToken).ConfigureAwait(false);
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
