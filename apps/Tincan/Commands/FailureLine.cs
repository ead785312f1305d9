using Libp2p;
using Libp2p.Muxers.Mplex;
using Libp2p.Security.Secio;

namespace Tincan.Commands;

/// <summary>Any failure in one line for a person: what is wrong, and what to do about it. Never a stack trace.</summary>
/// <param name="What">What is wrong, without a full stop; escaped.</param>
/// <param name="NextStep">What to do about it.</param>
/// <param name="ExitCode">What the process ends with where this failure ends it.</param>
internal readonly record struct FailureLine(string What, string NextStep, int ExitCode = ExitCodes.Failure)
{
    private const int MaxLength = 2048;

    /// <summary>The line as it is written to standard error.</summary>
    public override string ToString() => $"tincan: {What}; {NextStep}";

    /// <summary>Explains an exception.</summary>
    public static FailureLine Of(Exception exception) => exception switch
    {
        CommandException e => new(Clean(e.What), Clean(e.NextStep), e.ExitCode),
        KeyFileException e => Split(e.Message, "look at the file, or choose another folder with --data"),
        DialException e => new(Clean(Sentence(e.Message)), AdviseOfDial(e)),
        Libp2pException e => Split(e.Message, Advise(e.Error)),
        FormatException e => Split(e.Message, "see 'tincan --help' for how it is written") with { ExitCode = ExitCodes.Usage },
        UnauthorizedAccessException e => new(Clean(Sentence(e.Message)), "choose a place that is yours, or change its permissions"),
        IOException e => new(Clean(Sentence(e.Message)), IsDiskFull(e) ? "free some space, or choose another disk" : "check the path and the disk"),
        OperationCanceledException => new("interrupted", "start it again to go on", ExitCodes.Interrupted),
        TimeoutException e => new(Clean(Sentence(e.Message)), Advise(Libp2pError.Timeout)),
        _ => new(Clean($"an unexpected error ({exception.GetType().Name}: {Sentence(exception.Message)})"), "report it, with what you did and the output of -vv"),
    };

    /// <summary>What to do about a failure of that kind.</summary>
    public static string Advise(Libp2pError error) => error switch
    {
        Libp2pError.UnsupportedAddress => "give an address over TCP, such as /ip4/192.0.2.1/tcp/4001",
        Libp2pError.NoAddresses => "give an address of the peer that ends in /p2p/…",
        Libp2pError.Unreachable => "check the address, and that the peer runs and its network lets you in",
        Libp2pError.PeerIdMismatch => "ask the peer for its address again, or leave /p2p/… out to take whoever answers",
        Libp2pError.NegotiationFailed => "the peer does not offer this: `tincan identify` shows what it speaks",
        Libp2pError.HandshakeFailed => "check that the address is one of a libp2p peer that speaks Noise",
        Libp2pError.Timeout => "check the address, and that no firewall drops the packets",
        Libp2pError.ConnectionClosed or Libp2pError.StreamReset => "try again; the peer has ended it",
        Libp2pError.LimitReached => "wait a moment and try again",
        Libp2pError.Refused => "this peer is not to be connected to",
        Libp2pError.ListenFailed => "choose another address; port 0 takes a free one",
        _ => "try again, with -v to see more",
    };

    private static string AdviseOfDial(DialException e)
    {
        if (e.Attempts.Any(a => a.Offered.Contains(MplexMuxer.ProtocolId)))
            return "the peer has only mplex: try --legacy";
        if (e.Attempts.Any(a => a.Offered.Contains(SecioProtocol.ProtocolId)))
            return "the peer has only SECIO: try --legacy";
        if (e.Attempts.Any(a => a is { Stage: DialStage.Secure, Error: Libp2pError.NegotiationFailed or Libp2pError.HandshakeFailed }))
            return "check that the address is one of a libp2p peer; one of 2020 needs --legacy, one in a private network its --swarm-key";
        if (e.Attempts.Count > 0 && e.Attempts.All(a => a.Stage == DialStage.Resolve))
            return "check how the name is written, and this machine's servers of names";
        return Advise(e.Error != Libp2pError.DialFailed || e.Attempts.Count == 0 ? e.Error : e.Attempts[0].Error);
    }

    // Messages of the library are "What is wrong. What to do."; ours are "what is wrong; what to do".
    private static FailureLine Split(string message, string otherwise)
    {
        var end = message.IndexOf(". ", StringComparison.Ordinal);
        return end < 0
            ? new(Clean(Sentence(message)), otherwise)
            : new(Clean(Sentence(message[..end])), Clean(Sentence(message[(end + 2)..])));
    }

    private static string Sentence(string text)
    {
        var trimmed = text.Trim().TrimEnd('.');
        // A capital that begins a sentence, not one that begins a name.
        return trimmed.Length > 1 && char.IsUpper(trimmed[0]) && (char.IsLower(trimmed[1]) || trimmed[1] == ' ')
            ? char.ToLowerInvariant(trimmed[0]) + trimmed[1..]
            : trimmed;
    }

    private static string Clean(string text) => PrintableText.Escape(text.ReplaceLineEndings(" "), MaxLength);

    // ENOSPC and EDQUOT on Unix, ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL on Windows.
    private static bool IsDiskFull(IOException e) => (e.HResult & 0xffff) is 28 or 122 or 112 or 39;
}
