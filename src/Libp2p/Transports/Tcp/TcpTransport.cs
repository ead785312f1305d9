using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Libp2p.Transports.Tcp;

/// <summary>TCP (addressing/README.md; <c>/ip4/…/tcp/…</c> and <c>/ip6/…</c>; names are resolved before they come here).</summary>
public sealed class TcpTransport : ILinkTransport
{
    private readonly MemoryPool<byte> _pool;
    private readonly TcpOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly List<TcpListener> _listeners = [];

    /// <summary>Creates it.</summary>
    /// <param name="pool">Where buffers come from: the node's one pool.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="time">Null for the system's clock.</param>
    /// <param name="logger">Null for no log.</param>
    public TcpTransport(MemoryPool<byte> pool, TcpOptions? options = null, TimeProvider? time = null, ILogger<TcpTransport>? logger = null)
    {
        _pool = pool;
        _options = options ?? new TcpOptions();
        _options.Validate();
        _time = time ?? TimeProvider.System;
        _logger = logger ?? (ILogger)NullLogger.Instance;
    }

    /// <inheritdoc/>
    public bool Handles(Multiaddress address) => TcpAddress.IsTcp(address);

    /// <inheritdoc/>
    public async ValueTask<Link> DialAsync(Multiaddress address, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_options.ConnectTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return new TcpLink(await ConnectAsync(EndPoint(address), either.Token).ConfigureAwait(false), _pool);
        }
        catch (SocketException e)
        {
            throw new Libp2pException(Libp2pError.Unreachable, SocketFailures.Explain(e.SocketErrorCode), e);
        }
        catch (OperationCanceledException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new Libp2pException(Libp2pError.Timeout, $"no answer within {_options.ConnectTimeout.TotalSeconds:0.#} s: the host is down, or a firewall drops the packets", e);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IListener<Link>> ListenAsync(Multiaddress address, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            var listener = new TcpListener(Bind(EndPoint(address)), _pool, _time, _logger, Forget);
            lock (_gate)
                _listeners.Add(listener);
            return new ValueTask<IListener<Link>>(listener);
        }
        catch (SocketException e)
        {
            throw new Libp2pException(Libp2pError.ListenFailed, $"Cannot listen on {address}: {SocketFailures.Explain(e.SocketErrorCode)}. {Advice(e.SocketErrorCode)}", e);
        }
    }

    /// <summary>The transport's name in messages and metrics.</summary>
    public override string ToString() => "tcp";

    private static string Advice(SocketError error) => error switch
    {
        SocketError.AddressAlreadyInUse => "Stop the program that has the port, or choose another; port 0 takes a free one.",
        SocketError.AccessDenied => "Choose a port of 1024 or above.",
        SocketError.AddressNotAvailable => "Choose an address of this machine, or 0.0.0.0 for all of them.",
        _ => "Choose another address.",
    };

    private Socket Bind(IPEndPoint endPoint)
    {
        if (_options.ReusePort && endPoint.Port != 0)
        {
            // Sharing the port with our own dials would also share it with any other listener, in silence: so ask first whether it is free.
            using var probe = NewSocket(endPoint);
            probe.Bind(endPoint);
            probe.Listen(1);
        }
        var socket = NewSocket(endPoint);
        try
        {
            if (_options.ReusePort)
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(endPoint);
            socket.Listen(_options.Backlog);
            return socket;
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }

    private async ValueTask<Socket> ConnectAsync(IPEndPoint remote, CancellationToken cancellationToken)
    {
        if (ListeningFor(remote) is { } local)
        {
            var shared = NewSocket(remote);
            try
            {
                shared.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
                shared.Bind(local);
                await shared.ConnectAsync(remote, cancellationToken).ConfigureAwait(false);
                if (!Equals(shared.LocalEndPoint, shared.RemoteEndPoint))
                    return shared;
                shared.Dispose(); // The address is this machine's own, and the socket met itself.
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AddressNotAvailable or SocketError.InvalidArgument)
            {
                // That pair of addresses is in use, or was a moment ago: any other port will do.
                shared.Dispose();
            }
            catch
            {
                shared.Dispose();
                throw;
            }
        }
        var socket = NewSocket(remote);
        try
        {
            await socket.ConnectAsync(remote, cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The end point to dial from: a listener of the same family, unless the dial would meet itself.</summary>
    private IPEndPoint? ListeningFor(IPEndPoint remote)
    {
        if (!_options.ReusePort)
            return null;
        lock (_gate)
        {
            foreach (var listener in _listeners)
            {
                var local = listener.EndPoint;
                var fits = local.AddressFamily == remote.AddressFamily
                    && (local.Port != remote.Port || !(IPAddress.IsLoopback(remote.Address) || local.Address.Equals(remote.Address)))
                    && IPAddress.IsLoopback(local.Address) == (IPAddress.IsLoopback(remote.Address) && !IsAny(local.Address));
                if (fits)
                    return local;
            }
        }
        return null;
    }

    /// <summary>Where an address is; a zone that is no interface here is no address of this machine's networks.</summary>
    private static IPEndPoint EndPoint(Multiaddress address) =>
        address.TryGetEndPoint(out var endPoint) ? endPoint : throw new SocketException((int)SocketError.AddressNotAvailable);

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private void Forget(TcpListener listener)
    {
        lock (_gate)
            _listeners.Remove(listener);
    }

    private static Socket NewSocket(IPEndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (endPoint.AddressFamily == AddressFamily.InterNetworkV6)
            socket.DualMode = false; // `/ip6/::` is IPv6 alone: `/ip4/0.0.0.0` stands beside it.
        return socket;
    }
}
