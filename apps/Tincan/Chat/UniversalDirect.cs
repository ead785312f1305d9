using Libp2p;

namespace Tincan.Chat;

/// <summary>
/// Direct messages as the universal-connectivity chat has them: <c>/universal-connectivity/dm/1.0.0</c>. One message behind its
/// length each way: the text, and that it was taken.
/// </summary>
internal sealed class UniversalDirect : INodeService
{
    private readonly DirectInbox _inbox;
    private readonly DirectChatOptions _options;
    private readonly TimeProvider _time;
    private INode? _node;
    private IDisposable? _registration;

    /// <summary>Creates it.</summary>
    /// <param name="inbox">Where messages arrive.</param>
    /// <param name="options">Its bounds.</param>
    /// <param name="timeProvider">The clock of deadlines and time stamps.</param>
    public UniversalDirect(DirectInbox inbox, DirectChatOptions? options = null, TimeProvider? timeProvider = null)
    {
        _inbox = inbox;
        _options = options ?? new DirectChatOptions();
        _time = timeProvider ?? TimeProvider.System;
    }

    /// <summary><c>/universal-connectivity/dm/1.0.0</c>.</summary>
    public static ProtocolId Protocol { get; } = "/universal-connectivity/dm/1.0.0";

    /// <inheritdoc/>
    public ValueTask StartAsync(INode node, CancellationToken cancellationToken)
    {
        _node = node;
        _registration = node.Handle(Protocol, ReceiveAsync, _options.MaxInboundStreamsPerPeer);
        return ValueTask.CompletedTask;
    }

    /// <summary>Sends a message and waits until the peer says that it has taken it.</summary>
    /// <exception cref="Libp2pException"><see cref="Libp2pError.Refused"/> with what it says where it does not take it; <see cref="Libp2pError.Timeout"/> where it does not answer in time.</exception>
    public async ValueTask SendAsync(PeerId peer, string text, CancellationToken cancellationToken)
    {
        var node = _node ?? throw new InvalidOperationException("The chat is not attached to a node: start the node first.");
        await using var stream = await node.OpenStreamAsync(peer, Protocol, cancellationToken).ConfigureAwait(false);
        using var deadline = new CancellationTokenSource(_options.ReadTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await LengthPrefixed.WriteAsync(stream.Output, UniversalCodec.EncodeRequest(text, Now()), either.Token).ConfigureAwait(false);
            var response = await LengthPrefixed.ReadAsync(stream.Input, UniversalCodec.MaxBytes, either.Token).ConfigureAwait(false);
            if (response is null || !UniversalCodec.TryReadResponse(response, out var refusal))
                throw new Libp2pException(Libp2pError.ProtocolViolation, "The peer's answer to a direct message is none.");
            if (refusal is not null)
                throw new Libp2pException(Libp2pError.Refused, $"The peer did not take the message: {PrintableText.Escape(refusal, 200)}.");
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
        {
            stream.Reset();
            return;
        }
        using var deadline = new CancellationTokenSource(_options.ReadTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var request = await LengthPrefixed.ReadAsync(stream.Input, UniversalCodec.MaxBytes, either.Token).ConfigureAwait(false);
            if (request is null)
                return;
            var isText = UniversalCodec.TryReadRequest(request, out var text);
            // Told before it is answered: what was said to be taken is kept. Who is ignored does not learn it.
            if (isText && admission == Admission.Admitted)
                await _inbox.Received(stream.RemotePeer, text!, cancellationToken).ConfigureAwait(false);
            await LengthPrefixed.WriteAsync(stream.Output, UniversalCodec.EncodeResponse(isText ? null : "only text is taken, and not too much of it", Now()), either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw _options.TooSlow();
        }
    }

    private long Now() => _time.GetUtcNow().ToUnixTimeMilliseconds();
}
