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
    private readonly DirectInbox _inbox;
    private readonly DirectChatOptions _options;
    private readonly TimeProvider _time;
    private INode? _node;
    private IDisposable? _registration;

    /// <summary>Creates it.</summary>
    /// <param name="inbox">Where messages arrive.</param>
    /// <param name="options">Its bounds.</param>
    /// <param name="timeProvider">The clock of deadlines.</param>
    public DirectChat(DirectInbox inbox, DirectChatOptions? options = null, TimeProvider? timeProvider = null)
    {
        _inbox = inbox;
        _options = options ?? new DirectChatOptions();
        _time = timeProvider ?? TimeProvider.System;
    }

    /// <summary><c>/libp2p/chat/1.0.0</c>.</summary>
    public static ProtocolId Protocol { get; } = "/libp2p/chat/1.0.0";

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
                throw _options.Unconfirmed(peer, e);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _registration?.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task ReceiveAsync(PeerStream stream, CancellationToken cancellationToken)
    {
        var admission = await _inbox.AdmitAsync(stream.RemotePeer).ConfigureAwait(false);
        if (admission == Admission.Refused)
            stream.Reset();
        if (admission != Admission.Admitted)
            return;
        using var deadline = new CancellationTokenSource(_options.ReadTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        string text;
        try
        {
            text = await ReadToEndAsync(stream.Input, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw _options.TooSlow();
        }
        if (text.Length > 0)
            await _inbox.Received(stream.RemotePeer, text, cancellationToken).ConfigureAwait(false);
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
