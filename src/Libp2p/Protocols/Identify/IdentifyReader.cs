using Libp2p.Protocols.Identify.Wire;

namespace Libp2p.Protocols.Identify;

/// <summary>Reads a message in all its parts from a stream.</summary>
internal static class IdentifyReader
{
    /// <summary>Reads until the peer ends its side.</summary>
    /// <exception cref="Libp2pException"><see cref="Libp2pError.Timeout"/>, <see cref="Libp2pError.ProtocolViolation"/>, or what the stream failed with.</exception>
    public static async ValueTask<IdentifyClaims> ReadAsync(PeerStream stream, IdentifyOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(time, cancellationToken);
        var message = new IdentifyMessage();
        try
        {
            for (var parts = 0; ; parts++)
            {
                deadline.Set(options.ReadTimeout);
                var part = await LengthPrefixed.ReadAsync(stream.Input, options.MaxPartLength, deadline.Token).ConfigureAwait(false);
                if (part is null && parts > 0)
                    return IdentifyCodec.Read(message, stream.RemotePeer);
                if (part is null)
                    throw Violation("The peer ended the stream of identify without a message.");
                if (parts == options.MaxParts)
                    throw Violation($"The identify message has more than {options.MaxParts} parts.");
                if (!IdentifyCodec.TryMerge(message, part, options, out var error))
                    throw Violation(error);
            }
        }
        catch (OperationCanceledException) when (deadline.HasPassed)
        {
            throw new Libp2pException(Libp2pError.Timeout, $"The peer did not say what it is within {options.ReadTimeout.TotalSeconds:0.###} s.");
        }
    }

    private static Libp2pException Violation(string message) => new(Libp2pError.ProtocolViolation, message);
}
