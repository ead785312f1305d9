namespace Libp2p.Interop.Tests.Matrix;

/// <summary>The transports of the table by their addresses.</summary>
static class Transports
{
    /// <summary>The short name of the transport of an address.</summary>
    public static string Of(string address) =>
        address.Contains("/wss", StringComparison.Ordinal) || address.Contains("/tls/ws", StringComparison.Ordinal) ? "wss"
        : address.Contains("/ws", StringComparison.Ordinal) ? "ws"
        : "tcp";
}
