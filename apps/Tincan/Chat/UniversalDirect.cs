using Libp2p;

namespace Tincan.Chat;

/// <summary>
/// Direct messages as the universal-connectivity chat has them: <c>/universal-connectivity/dm/1.0.0</c>. One message behind its
/// length each way: the text, and that it was taken.
/// </summary>
/// <param name="inbox">Where messages arrive.</param>
/// <param name="options">Its bounds.</param>
/// <param name="timeProvider">The clock of deadlines and time stamps.</param>
internal sealed class UniversalDirect(DirectInbox inbox, DirectChatOptions? options = null, TimeProvider? timeProvider = null)
    : DirectProtocol(Protocol, inbox, options, timeProvider)
{
    /// <summary><c>/universal-connectivity/dm/1.0.0</c>.</summary>
    public static ProtocolId Protocol { get; } = "/universal-connectivity/dm/1.0.0";

    /// <summary>Sends a message and waits until the peer says that it has taken it.</summary>
    /// <exception cref="Libp2pException"><see cref="Libp2pError.Refused"/> with what it says where it does not take it; <see cref="Libp2pError.Timeout"/> where it does not answer in time.</exception>
    public async ValueTask SendAsync(PeerId peer, string text, CancellationToken cancellationToken)
    {
        var response = await ExchangeAsync(peer, async (stream, token) =>
        {
            await LengthPrefixed.WriteAsync(stream.Output, UniversalCodec.EncodeRequest(text, Now()), token).ConfigureAwait(false);
            return await LengthPrefixed.ReadAsync(stream.Input, UniversalCodec.MaxBytes, token).ConfigureAwait(false);
        }, cancellationToken).ConfigureAwait(false);
        if (response is null || !UniversalCodec.TryReadResponse(response, out var refusal))
            throw new Libp2pException(Libp2pError.ProtocolViolation, "The peer's answer to a direct message is none.");
        if (refusal is not null)
            throw new Libp2pException(Libp2pError.Refused, $"The peer did not take the message: {PrintableText.Escape(refusal, 200)}.");
    }

    protected override async Task ReceiveAsync(PeerStream stream, bool isIgnored, CancellationToken deadline, CancellationToken stop)
    {
        var request = await LengthPrefixed.ReadAsync(stream.Input, UniversalCodec.MaxBytes, deadline).ConfigureAwait(false);
        if (request is null)
            return;
        var isText = UniversalCodec.TryReadRequest(request, out var text);
        // Told before it is answered: what was said to be taken is kept. Who is ignored does not learn it.
        if (isText && !isIgnored)
            await Inbox.Received(stream.RemotePeer, text!, stop).ConfigureAwait(false);
        await LengthPrefixed.WriteAsync(stream.Output, UniversalCodec.EncodeResponse(isText ? null : "only text is taken, and not too much of it", Now()), deadline).ConfigureAwait(false);
    }

    private long Now() => Time.GetUtcNow().ToUnixTimeMilliseconds();
}
