using System.Buffers;
using System.Runtime.CompilerServices;

namespace Libp2p.Protocols.Ping;

/// <summary>Answers pings and sends them: <c>/ipfs/ping/1.0.0</c> (ping specification).</summary>
public sealed class PingService : INodeService
{
    /// <summary>Bytes of a ping.</summary>
    public const int PayloadLength = 32;

    /// <summary>The most that is echoed at once where several pings wait.</summary>
    private const int MaxEcho = 128 * PayloadLength;

    private readonly TimeProvider _time;
    private readonly PingOptions _options;
    private INode? _node;
    private IDisposable? _registration;

    /// <summary>Creates it.</summary>
    /// <param name="timeProvider">The clock that pings are measured with.</param>
    /// <param name="options">Its bounds.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option makes no sense.</exception>
    public PingService(TimeProvider? timeProvider = null, PingOptions? options = null)
    {
        _time = timeProvider ?? TimeProvider.System;
        _options = options ?? new PingOptions();
        _options.Validate();
    }

    /// <summary><c>/ipfs/ping/1.0.0</c>.</summary>
    public static ProtocolId Protocol { get; } = "/ipfs/ping/1.0.0";

    /// <inheritdoc/>
    public ValueTask StartAsync(INode node, CancellationToken cancellationToken)
    {
        _node = node;
        _registration = node.Handle(Protocol, ServeAsync, _options.MaxInboundStreamsPerPeer);
        return ValueTask.CompletedTask;
    }

    /// <summary>Pings a peer once, on a stream of its own, connecting first where needed.</summary>
    /// <param name="peer">Whom. A peer takes two streams of ping at once, so do not send many of these at the same time.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>From sending the ping to having its echo.</returns>
    /// <exception cref="Libp2pException"><see cref="Libp2pError.Timeout"/>; <see cref="Libp2pError.ProtocolViolation"/> where the echo is not what was sent; and what <see cref="INode.OpenStreamAsync(PeerId, ProtocolId, CancellationToken)"/> throws.</exception>
    public async ValueTask<TimeSpan> PingAsync(PeerId peer, CancellationToken cancellationToken = default)
    {
        await using var stream = await Node.OpenStreamAsync(peer, Protocol, cancellationToken).ConfigureAwait(false);
        using var exchange = new PingExchange(stream, _time, _options.Timeout, cancellationToken);
        return await exchange.PingAsync().ConfigureAwait(false);
    }

    /// <summary>Pings a peer again and again on one stream, until the enumeration ends. A ping that fails ends it with the exception of <see cref="PingAsync"/>.</summary>
    /// <param name="peer">Whom.</param>
    /// <param name="interval">The pause between an echo and the next ping.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<PingResult> PingsAsync(PeerId peer, TimeSpan interval, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var stream = await Node.OpenStreamAsync(peer, Protocol, cancellationToken).ConfigureAwait(false);
        using var exchange = new PingExchange(stream, _time, _options.Timeout, cancellationToken);
        for (var number = 1; ; number++)
        {
            yield return new PingResult(number, await exchange.PingAsync().ConfigureAwait(false), stream.Connection);
            if (interval > TimeSpan.Zero)
                await Task.Delay(interval, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _registration?.Dispose();
        return ValueTask.CompletedTask;
    }

    private INode Node => _node ?? throw new InvalidOperationException("Ping is not attached to a node: start the node first.");

    private async Task ServeAsync(PeerStream stream, CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(_time, cancellationToken);
        try
        {
            while (await EchoAsync(stream, deadline).ConfigureAwait(false))
            {
            }
        }
        catch (OperationCanceledException) when (deadline.HasPassed)
        {
            throw new Libp2pException(Libp2pError.Timeout, "The peer kept a stream of ping open without pinging.");
        }
    }

    /// <summary>Echoes the whole pings that are there; false once the peer has ended its side.</summary>
    private async ValueTask<bool> EchoAsync(PeerStream stream, Deadline deadline)
    {
        deadline.Set(_options.IdleTimeout);
        var read = await stream.Input.ReadAtLeastAsync(PayloadLength, deadline.Token).ConfigureAwait(false);
        var length = (int)Math.Min(read.Buffer.Length, MaxEcho) / PayloadLength * PayloadLength;
        if (length == 0)
            return false;
        var pings = read.Buffer.Slice(0, length);
        pings.CopyTo(stream.Output.GetSpan(length));
        stream.Output.Advance(length);
        stream.Input.AdvanceTo(pings.End);
        await stream.Output.FlushAsync(deadline.Token).ConfigureAwait(false);
        return true;
    }
}
