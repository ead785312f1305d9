using System.Buffers;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Libp2p.Transports.Unix;

/// <summary>Unix sockets: <c>/unix/path/of/the/socket</c>, for peers on one machine. The path takes the rest of the address, so no peer id stands behind it.</summary>
public sealed class UnixTransport : ILinkTransport
{
    /// <summary>Bytes of the longest path that every system takes: 104 with the zero at its end on some, 108 on Linux.</summary>
    private static readonly int MaxPath = OperatingSystem.IsLinux() ? 107 : 103;

    private readonly MemoryPool<byte> _pool;
    private readonly UnixOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    /// <summary>Creates it.</summary>
    /// <param name="pool">Where buffers come from: the node's one pool.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="time">Null for the system's clock.</param>
    /// <param name="logger">Null for no log.</param>
    public UnixTransport(MemoryPool<byte> pool, UnixOptions? options = null, TimeProvider? time = null, ILogger<UnixTransport>? logger = null)
    {
        _pool = pool;
        _options = options ?? new UnixOptions();
        _options.Validate();
        _time = time ?? TimeProvider.System;
        _logger = logger ?? (ILogger)NullLogger.Instance;
    }

    /// <inheritdoc/>
    public bool Handles(Multiaddress address) => address.Parts is [var only] && only.Protocol == MultiaddressProtocols.Unix;

    /// <inheritdoc/>
    public async ValueTask<Link> DialAsync(Multiaddress address, CancellationToken cancellationToken)
    {
        var path = PathOf(address, Libp2pError.Unreachable);
        var socket = NewSocket();
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
            return new UnixLink(socket, address, _pool);
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (e is not SocketException failure)
                throw;
            var cause = File.Exists(path) ? SocketFailures.Explain(failure.SocketErrorCode) : "nobody listens there: there is no such file";
            throw new Libp2pException(Libp2pError.Unreachable, cause, e);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IListener<Link>> ListenAsync(Multiaddress address, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var path = PathOf(address, Libp2pError.ListenFailed);
        try
        {
            return new ValueTask<IListener<Link>>(new UnixListener(Listen(address, path), address, path, _pool, _time, _logger));
        }
        catch (Exception e) when (e is SocketException or IOException or UnauthorizedAccessException)
        {
            var cause = e is SocketException failure ? SocketFailures.Explain(failure.SocketErrorCode) : e.Message.TrimEnd('.');
            throw new Libp2pException(Libp2pError.ListenFailed, $"Cannot listen on {address}: {cause}. Choose a path in a folder that is there and yours.", e);
        }
    }

    /// <summary>The transport's name in messages and metrics.</summary>
    public override string ToString() => "unix";

    private static Socket NewSocket() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    private static string PathOf(Multiaddress address, Libp2pError error)
    {
        var path = address.Parts[0].Value;
        var length = Encoding.UTF8.GetByteCount(path);
        return length <= MaxPath ? path : throw new Libp2pException(error, $"The path of {address} has {length} bytes; that of a Unix socket has at most {MaxPath}.");
    }

    /// <summary>Listens under another name first, so that the file has its mode before anyone can find it, and then takes the name, if it is free or its file stale.</summary>
    private Socket Listen(Multiaddress address, string path)
    {
        var temporary = Path.Combine(Path.GetDirectoryName(path)!, "." + Path.GetRandomFileName()[..8]);
        var socket = NewSocket();
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(temporary));
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(temporary, _options.Mode);
            socket.Listen(_options.Backlog);
            while (!AtomicFile.TryPublish(temporary, path))
                RemoveStale(address, path);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static void RemoveStale(Multiaddress address, string path)
    {
        if (!AtomicFile.IsSocket(path))
            throw new Libp2pException(Libp2pError.ListenFailed, $"Cannot listen on {address}: there is a file of that name that is no socket. Move it away, or choose another path.");
        using var probe = NewSocket();
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            // Whoever had it is gone and left its file behind.
            File.Delete(path);
            return;
        }
        catch (SocketException) when (!File.Exists(path))
        {
            return;
        }
        throw new Libp2pException(Libp2pError.ListenFailed, $"Cannot listen on {address}: the address is in use. Stop the program that has it, or choose another path.");
    }
}
