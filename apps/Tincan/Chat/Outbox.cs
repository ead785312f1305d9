using Libp2p;

namespace Tincan.Chat;

/// <summary>
/// Sends messages: to each peer one after the other, so that they arrive in order, and to different peers at once. It keeps to the rate
/// that a receiver takes, so a file that is piped in arrives whole.
/// </summary>
internal sealed class Outbox
{
    /// <summary>Messages that wait for one peer.</summary>
    public const int MaxWaiting = 64;

    private readonly Func<PeerId, string, CancellationToken, ValueTask<bool>> _send;
    private readonly Func<PeerId, int, ValueTask> _abandoned;
    private readonly TimeProvider _time;
    private readonly CancellationToken _stop;
    private readonly Lock _gate = new();
    private readonly Dictionary<PeerId, Lane> _lanes = [];

    /// <summary>Creates it.</summary>
    /// <param name="send">Sends one message and tells how it went; false where the peer is not to be waited for any more. Throws only when cancelled.</param>
    /// <param name="abandoned">Told how many messages were given up after such a failure.</param>
    /// <param name="timeProvider">The clock of the rate.</param>
    /// <param name="stop">Ends all sending.</param>
    public Outbox(
        Func<PeerId, string, CancellationToken, ValueTask<bool>> send, Func<PeerId, int, ValueTask> abandoned, TimeProvider timeProvider, CancellationToken stop)
    {
        _send = send;
        _abandoned = abandoned;
        _time = timeProvider;
        _stop = stop;
    }

    /// <summary>Puts a message behind those that wait for that peer; waits while <see cref="MaxWaiting"/> do.</summary>
    public async ValueTask AddAsync(PeerId peer, string text)
    {
        Lane? lane;
        lock (_gate)
        {
            if (!_lanes.TryGetValue(peer, out lane))
                _lanes.Add(peer, lane = new Lane(new SendRate(_time)));
        }
        await lane.Room.WaitAsync(_stop).ConfigureAwait(false);
        // The room may be that of messages which the stop has given up.
        _stop.ThrowIfCancellationRequested();
        lock (_gate)
        {
            lane.Waiting.Enqueue(text);
            if (lane.Running.IsCompleted)
                lane.Running = Task.Run(() => RunAsync(peer, lane), CancellationToken.None);
        }
    }

    /// <summary>Waits until all that was added is sent, or has failed.</summary>
    public async Task FlushAsync()
    {
        while (true)
        {
            Task[] running;
            lock (_gate)
                running = [.. _lanes.Values.Where(l => l.Waiting.Count > 0 || !l.Running.IsCompleted).Select(l => l.Running)];
            if (running.Length == 0)
                return;
            await Task.WhenAll(running).ConfigureAwait(false);
        }
    }

    private async Task RunAsync(PeerId peer, Lane lane)
    {
        try
        {
            while (TryNext(lane, out var text))
            {
                await lane.Rate.WaitAsync(_stop).ConfigureAwait(false);
                if (!await _send(peer, text, _stop).ConfigureAwait(false) && GiveUp(lane) is > 0 and var given)
                    await _abandoned(peer, given).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The chat ends: what waits is not sent.
            GiveUp(lane);
        }
    }

    private bool TryNext(Lane lane, out string text)
    {
        lock (_gate)
        {
            if (!lane.Waiting.TryDequeue(out text!))
            {
                lane.Running = Task.CompletedTask;
                return false;
            }
        }
        lane.Room.Release();
        return true;
    }

    private int GiveUp(Lane lane)
    {
        int count;
        lock (_gate)
        {
            count = lane.Waiting.Count;
            lane.Waiting.Clear();
        }
        if (count > 0)
            lane.Room.Release(count);
        return count;
    }

    private sealed class Lane(SendRate rate)
    {
        public SendRate Rate => rate;

        public Queue<string> Waiting { get; } = new();

        public SemaphoreSlim Room { get; } = new(MaxWaiting);

        public Task Running { get; set; } = Task.CompletedTask;
    }
}
