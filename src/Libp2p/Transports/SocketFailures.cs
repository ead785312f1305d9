using System.Net.Sockets;

namespace Libp2p.Transports;

/// <summary>Says in one line what a socket's failure means.</summary>
internal static class SocketFailures
{
    public static Libp2pException Describe(Exception exception) => exception is SocketException e
        ? new Libp2pException(Libp2pError.ConnectionClosed, Explain(e.SocketErrorCode), e)
        : new Libp2pException(Libp2pError.ConnectionClosed, "the connection is closed", exception);

    public static string Explain(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => "connection refused: nobody listens there",
        SocketError.ConnectionReset => "the connection was reset by the other side",
        SocketError.ConnectionAborted or SocketError.Shutdown => "the connection was closed",
        SocketError.TimedOut => "the connection timed out",
        SocketError.HostUnreachable => "no route to that host",
        SocketError.NetworkUnreachable => "the network is unreachable",
        SocketError.NetworkDown => "the network is down",
        SocketError.AddressAlreadyInUse => "the address is in use",
        SocketError.AddressNotAvailable => "the address is not one of this machine",
        SocketError.AccessDenied => "permission denied",
        SocketError.AddressFamilyNotSupported => "this machine does not support that kind of address",
        SocketError.TooManyOpenSockets => "this process has too many open files (raise `ulimit -n`)",
        _ => $"the socket failed ({error})",
    };
}
