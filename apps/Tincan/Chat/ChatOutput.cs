using System.Threading.Channels;

namespace Tincan.Chat;

/// <summary>
/// Hands events to the view one at a time, in the order in which they came. Bounded: where the view cannot keep up, whoever has
/// something to tell waits, and through the stream in the end the peer that sent it.
/// </summary>
internal sealed class ChatOutput : IAsyncDisposable
{
    private const int QueueLength = 256;

    private readonly Channel<ChatEvent> _queue = Channel.CreateBounded<ChatEvent>(new BoundedChannelOptions(QueueLength) { SingleReader = true });
    private readonly IChatView _view;
    private readonly Task _pump;

    /// <summary>Creates it.</summary>
    /// <param name="view">Where events are shown; disposed with this.</param>
    public ChatOutput(IChatView view)
    {
        _view = view;
        _pump = Task.Run(PumpAsync);
    }

    /// <summary>Ends when the view can be seen no more; faulted with the <see cref="IOException"/> that says why.</summary>
    public Task Completion => _pump;

    /// <summary>Tells an event; after the end, nobody hears it.</summary>
    public async ValueTask TellAsync(ChatEvent chatEvent, CancellationToken cancellationToken = default)
    {
        try
        {
            await _queue.Writer.WriteAsync(chatEvent, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            // The view is gone, and with it whoever would have read this.
        }
    }

    /// <summary>Shows what was told, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        try
        {
            await _pump.ConfigureAwait(false);
            _view.Dispose();
        }
        catch (IOException)
        {
            // Known from Completion.
        }
    }

    private async Task PumpAsync()
    {
        try
        {
            await foreach (var chatEvent in _queue.Reader.ReadAllAsync().ConfigureAwait(false))
                _view.Show(chatEvent);
        }
        finally
        {
            // Whoever waits for room need wait no longer.
            _queue.Writer.TryComplete();
        }
    }
}
