namespace Libp2p.Interop.Tests.Matrix;

/// <summary>The transports of the table by their addresses.</summary>
static class Transports
{
    /// <summary>The short name of the transport of an address.</summary>
    public static string Of(string address) =>
        address.Contains("/wss", StringComparison.Ordinal) || address.Contains("/tls/ws", StringComparison.Ordinal) ? "wss"
        : address.Contains("/ws", StringComparison.Ordinal) ? "ws"
        : "tcp";

    /// <summary>An address to listen on by a transport.</summary>
    public static string AnyPort(string transport) => "/ip4/127.0.0.1/tcp/0" + transport switch
    {
        "tcp" => "",
        "ws" => "/ws",
        "wss" => "/tls/ws",
        _ => throw new ArgumentOutOfRangeException(nameof(transport), transport, "no transport of the table"),
    };
}
