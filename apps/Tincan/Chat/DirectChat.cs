using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Libp2p;

namespace Tincan.Chat;

/// <summary>
/// Direct messages as the workshop of 2020 has them: <c>/libp2p/chat/1.0.0</c>. The sender opens a stream, writes UTF-8 and ends its
/// side; the receiver reads to the end, may answer, and ends its own.
/// </summary>
internal sealed class DirectChat : INodeService
{
    private readonly DirectChatOptions _options;
    private readonly TimeProvider _time;
    private readonly SenderRates _rates;
    private INode? _node;
    private IDisposable? _registration;

    /// <summary>Creates it.</summary>
    /// <param name="options">Its bounds.</param>
    /// <param name="timeProvider">The clock of deadlines and rates.</param>
    public DirectChat(DirectChatOptions? options = null, TimeProvider? timeProvider = null)
    {
        _options = options ?? new DirectChatOptions();
        _time = timeProvider ?? TimeProvider.System;
        _rates = new SenderRates(_options.MessagesPerSecond, _options.Burst);
    }

    /// <summary><c>/libp2p/chat/1.0.0</c>.</summary>
    public static ProtocolId Protocol { get; } = "/libp2p/chat/1.0.0";

    /// <summary>Whether a peer's messages are to be passed over in silence.</summary>
    public Func<PeerId, bool> IsIgnored { get; set; } = _ => false;

    /// <summary>Called for each message; while it runs, its sender waits.</summary>
    public Func<PeerId, string, CancellationToken, ValueTask> Received { get; set; } = (_, _, _) => ValueTask.CompletedTask;

    /// <summary>Called once for each sender that sends more than it may.</summary>
    public Func<PeerId, CancellationToken, ValueTask> Flooded { get; set; } = (_, _) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask StartAsync(INode node, CancellationToken cancellationToken)
    {
        _node = node;
        _registration = node.Handle(Protocol, ReceiveAsync, _options.MaxInboundStreamsPerPeer);
        return ValueTask.CompletedTask;
    }

    /// <summary>Sends a message and waits until the peer has read it to the end.</summary>
    /// <param name="peer">To whom; connected to first where needed.</param>
    /// <param name="text">The message.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What the peer answered on the same stream; null where it did not.</returns>
    /// <exception cref="Libp2pException"><see cref="Libp2pError.NegotiationFailed"/> where the peer takes no messages; <see cref="Libp2pError.Timeout"/> where it does not end its side in time.</exception>
    public async ValueTask<string?> SendAsync(PeerId peer, string text, CancellationToken cancellationToken)
    {
        var node = _node ?? throw new InvalidOperationException("The chat is not attached to a node: start the node first.");
        await using var stream = await node.OpenStreamAsync(peer, Protocol, cancellationToken).ConfigureAwait(false);
        using var deadline = new CancellationTokenSource(_options.ReadTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await stream.Output.WriteAsync(Encoding.UTF8.GetBytes(text), either.Token).ConfigureAwait(false);
            await stream.CloseWriteAsync().ConfigureAwait(false);
            var reply = await ReadToEndAsync(stream.Input, either.Token).ConfigureAwait(false);
            return reply.Length == 0 ? null : reply;
        }
        catch (Exception e)
        {
            stream.Reset();
            cancellationToken.ThrowIfCancellationRequested();
            if (deadline.IsCancellationRequested)
                throw new Libp2pException(Libp2pError.Timeout, $"{peer} did not confirm a message within {_options.ReadTimeout.TotalSeconds:0} s: it may have arrived or not", e);
            throw;
        }
    }

    /// <summary>How many messages of a sender were dropped because there were too many.</summary>
    public long Dropped(PeerId peer) => _rates.Dropped(peer);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _registration?.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task ReceiveAsync(PeerStream stream, CancellationToken cancellationToken)
    {
        if (IsIgnored(stream.RemotePeer))
            return;
        // Judged before anything is read: what is dropped costs nothing more.
        var verdict = _rates.Count(stream.RemotePeer, _time.GetElapsedTime(0));
        if (verdict != RateVerdict.Take)
        {
            stream.Reset();
            if (verdict == RateVerdict.DropAndTell)
                await Flooded(stream.RemotePeer, cancellationToken).ConfigureAwait(false);
            return;
        }
        using var deadline = new CancellationTokenSource(_options.ReadTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        string text;
        try
        {
            text = await ReadToEndAsync(stream.Input, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new Libp2pException(Libp2pError.Timeout, $"A direct message did not end within {_options.ReadTimeout.TotalSeconds:0} s.");
        }
        if (text.Length > 0)
            await Received(stream.RemotePeer, text, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads all that the other side sends, bad UTF-8 as U+FFFD.</summary>
    private async ValueTask<string> ReadToEndAsync(PipeReader input, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (read.Buffer.Length > _options.MaxBytes)
                throw new Libp2pException(Libp2pError.ProtocolViolation, $"A direct message has at most {_options.MaxBytes} bytes.");
            if (read.IsCompleted)
            {
                var text = Encoding.UTF8.GetString(read.Buffer);
                input.AdvanceTo(read.Buffer.End);
                return text;
            }
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
