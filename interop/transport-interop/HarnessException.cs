namespace Libp2p.TransportInterop;

/// <summary>The test cannot be run, or it failed; the message is the one line that is shown.</summary>
/// <param name="message">What is wrong.</param>
/// <param name="exitCode">What the process ends with.</param>
internal sealed class HarnessException(string message, int exitCode = Harness.Failed) : Exception(message)
{
    /// <summary>What the process ends with.</summary>
    public int ExitCode { get; } = exitCode;
}
