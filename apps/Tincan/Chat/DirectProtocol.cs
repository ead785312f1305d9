using Libp2p;

namespace Tincan.Chat;

/// <summary>What the protocols of direct messages have in common: one stream a message, a deadline for it, and the inbox's judgement before it is read.</summary>
internal abstract class DirectProtocol : INodeService
{
    private readonly ProtocolId _protocol;
    private INode? _node;
    private IDisposable? _registration;

    protected DirectProtocol(ProtocolId protocol, DirectInbox inbox, DirectChatOptions? options, TimeProvider? timeProvider)
    {
        _protocol = protocol;
        Inbox = inbox;
        Options = options ?? new DirectChatOptions();
        Time = timeProvider ?? TimeProvider.System;
    }

    protected DirectInbox Inbox { get; }

    protected DirectChatOptions Options { get; }

    protected TimeProvider Time { get; }

    /// <inheritdoc/>
    public ValueTask StartAsync(INode node, CancellationToken cancellationToken)
    {
        _node = node;
        _registration = node.Handle(_protocol, AdmitAsync, Options.MaxInboundStreamsPerPeer);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _registration?.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Sends a message on a stream of its own.</summary>
    /// <param name="peer">To whom; connected to first where needed.</param>
    /// <param name="exchange">Writes the message and reads what comes back.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="Libp2pException"><see cref="Libp2pError.Timeout"/> where the exchange does not end in time.</exception>
    protected async ValueTask<T> ExchangeAsync<T>(PeerId peer, Func<PeerStream, CancellationToken, ValueTask<T>> exchange, CancellationToken cancellationToken)
    {
        var node = _node ?? throw new InvalidOperationException("The chat is not attached to a node: start the node first.");
        await using var stream = await node.OpenStreamAsync(peer, _protocol, cancellationToken).ConfigureAwait(false);
        using var deadline = new CancellationTokenSource(Options.ReadTimeout, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await exchange(stream, either.Token).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            stream.Reset();
            cancellationToken.ThrowIfCancellationRequested();
            if (deadline.IsCancellationRequested)
                throw Options.Unconfirmed(peer, e);
            throw;
        }
    }

    /// <summary>Reads a message that may be read, and answers it.</summary>
    /// <param name="stream">Where it comes.</param>
    /// <param name="isIgnored">Whether its sender is passed over, without learning of it.</param>
    /// <param name="deadline">Ends the reading with its time, and with the node.</param>
    /// <param name="stop">Ends with the node alone.</param>
    protected abstract Task ReceiveAsync(PeerStream stream, bool isIgnored, CancellationToken deadline, CancellationToken stop);

    private async Task AdmitAsync(PeerStream stream, CancellationToken cancellationToken)
    {
        var admission = await Inbox.AdmitAsync(stream.RemotePeer).ConfigureAwait(false);
        if (admission == Admission.Refused)
        {
            stream.Reset();
            return;
        }
        using var deadline = new CancellationTokenSource(Options.ReadTimeout, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await ReceiveAsync(stream, admission == Admission.Ignored, either.Token, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw Options.TooSlow();
        }
    }
}
