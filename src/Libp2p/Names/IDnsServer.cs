namespace Libp2p.Names;

/// <summary>A server of names, and the way to it.</summary>
internal interface IDnsServer
{
    /// <summary>Asks it once.</summary>
    /// <exception cref="DnsServerException">It gave no answer; the message says why.</exception>
    /// <exception cref="OperationCanceledException">The time is over.</exception>
    Task<DnsMessage> AskAsync(DnsName name, DnsType type, CancellationToken cancellationToken);
}

/// <summary>A server gave no answer that can be used.</summary>
internal sealed class DnsServerException(string message, Exception? inner = null) : Exception(message, inner);
