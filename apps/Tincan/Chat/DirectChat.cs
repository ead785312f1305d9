using System.IO.Pipelines;
using System.Text;
using Libp2p;

namespace Tincan.Chat;

/// <summary>
/// Direct messages as the workshop of 2020 has them: <c>/libp2p/chat/1.0.0</c>. The sender opens a stream, writes UTF-8 and ends its
/// side; the receiver reads to the end, may answer, and ends its own.
/// </summary>
/// <param name="inbox">Where messages arrive.</param>
/// <param name="options">Its bounds.</param>
/// <param name="timeProvider">The clock of deadlines.</param>
internal sealed class DirectChat(DirectInbox inbox, DirectChatOptions? options = null, TimeProvider? timeProvider = null)
    : DirectProtocol(Protocol, inbox, options, timeProvider)
{
    /// <summary><c>/libp2p/chat/1.0.0</c>.</summary>
    public static ProtocolId Protocol { get; } = "/libp2p/chat/1.0.0";

    /// <summary>Sends a message and waits until the peer has read it to the end.</summary>
    /// <param name="peer">To whom; connected to first where needed.</param>
    /// <param name="text">The message.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What the peer answered on the same stream; null where it did not.</returns>
    /// <exception cref="Libp2pException"><see cref="Libp2pError.NegotiationFailed"/> where the peer takes no messages; <see cref="Libp2pError.Timeout"/> where it does not end its side in time.</exception>
    public ValueTask<string?> SendAsync(PeerId peer, string text, CancellationToken cancellationToken) => ExchangeAsync(peer, async (stream, token) =>
    {
        await stream.Output.WriteAsync(Encoding.UTF8.GetBytes(text), token).ConfigureAwait(false);
        await stream.CloseWriteAsync().ConfigureAwait(false);
        var reply = await ReadToEndAsync(stream.Input, token).ConfigureAwait(false);
        return reply.Length == 0 ? null : reply;
    }, cancellationToken);

    protected override async Task ReceiveAsync(PeerStream stream, bool isIgnored, CancellationToken deadline, CancellationToken stop)
    {
        // The stream ends in good order, as if it had been read.
        if (isIgnored)
            return;
        var text = await ReadToEndAsync(stream.Input, deadline).ConfigureAwait(false);
        if (text.Length > 0)
            await Inbox.Received(stream.RemotePeer, text, stop).ConfigureAwait(false);
    }

    /// <summary>Reads all that the other side sends, bad UTF-8 as U+FFFD.</summary>
    private async ValueTask<string> ReadToEndAsync(PipeReader input, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (read.Buffer.Length > Options.MaxBytes)
                throw new Libp2pException(Libp2pError.ProtocolViolation, $"A direct message has at most {Options.MaxBytes} bytes.");
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
