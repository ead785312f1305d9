using System.Security.Authentication;
using System.Security.Cryptography;

namespace Libp2p.Swarm;

/// <summary>Explains what a transport threw.</summary>
internal static class DialFailure
{
    private const int MaxCause = 300;

    /// <summary>The attempt that ended with an exception.</summary>
    /// <param name="address">What was dialled.</param>
    /// <param name="stage">How far it had come.</param>
    /// <param name="exception">What was thrown.</param>
    /// <param name="duration">How long it took.</param>
    public static DialAttempt Explain(Multiaddress address, DialStage stage, Exception exception, TimeSpan duration) => exception switch
    {
        PeerIdMismatchException => new(address, DialStage.Authenticate, OneLine(exception.Message), Libp2pError.PeerIdMismatch, duration),
        NegotiationException refused => new(address, stage, OneLine(refused.Message), refused.Error, duration) { Offered = refused.Offered },
        Libp2pException known => new(address, stage, OneLine(known.Message), known.Error, duration),
        OperationCanceledException => new(address, stage, "the attempt was cancelled", Libp2pError.Timeout, duration),
        TimeoutException => new(address, stage, OneLine(exception.Message), Libp2pError.Timeout, duration),
        AuthenticationException or CryptographicException => new(address, stage, OneLine(exception.Message), Libp2pError.HandshakeFailed, duration),
        IOException or System.Net.Sockets.SocketException => new(address, stage, OneLine(exception.Message), KindAt(stage), duration),

        // Not what a transport is meant to throw: the type helps to find the defect.
        _ => new(address, stage, OneLine($"{exception.GetType().Name}: {exception.Message}"), KindAt(stage), duration),
    };

    /// <summary>The first line of a text, without what could garble a terminal, and of bounded length.</summary>
    internal static string OneLine(string text)
    {
        var line = text.AsSpan().Trim();
        if (line.IndexOfAny('\r', '\n') is >= 0 and var end)
            line = line[..end];
        var cut = line.Length > MaxCause;
        var clean = string.Concat(line[..Math.Min(line.Length, MaxCause)].ToArray().Select(c => char.IsControl(c) ? ' ' : c));
        return cut ? clean + "…" : clean;
    }

    private static Libp2pError KindAt(DialStage stage) => stage switch
    {
        DialStage.NotTried or DialStage.Resolve or DialStage.Connect => Libp2pError.Unreachable,
        DialStage.Secure or DialStage.Authenticate => Libp2pError.HandshakeFailed,
        DialStage.Multiplex => Libp2pError.NegotiationFailed,
        _ => Libp2pError.ConnectionClosed,
    };
}
