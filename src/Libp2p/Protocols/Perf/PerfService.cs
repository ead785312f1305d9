using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;

namespace Libp2p.Protocols.Perf;

/// <summary>Measures throughput: <c>/perf/1.0.0</c> (perf specification). Serves others only where <see cref="PerfOptions.Serve"/> says so.</summary>
public sealed class PerfService : INodeService
{
    private const int RequestLength = sizeof(ulong);

    private readonly PerfOptions _options;
    private readonly TimeProvider _time;
    private INode? _node;
    private IDisposable? _registration;

    /// <summary>Creates it.</summary>
    /// <param name="options">Its settings.</param>
    /// <param name="timeProvider">The clock that is measured with.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option makes no sense.</exception>
    public PerfService(PerfOptions? options = null, TimeProvider? timeProvider = null)
    {
        _options = options ?? new PerfOptions();
        _options.Validate();
        _time = timeProvider ?? TimeProvider.System;
    }

    /// <summary><c>/perf/1.0.0</c>.</summary>
    public static ProtocolId Protocol { get; } = "/perf/1.0.0";

    /// <inheritdoc/>
    public ValueTask StartAsync(INode node, CancellationToken cancellationToken)
    {
        _node = node;
        if (_options.Serve)
            _registration = node.Handle(Protocol, ServeAsync, _options.MaxInboundStreamsPerPeer);
        return ValueTask.CompletedTask;
    }

    /// <summary>Uploads and then downloads so many bytes on one stream, connecting first where needed. Its only deadline is the caller's.</summary>
    /// <param name="peer">Against whom; it must serve perf.</param>
    /// <param name="upload">Bytes to send.</param>
    /// <param name="download">Bytes to ask for.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative.</exception>
    /// <exception cref="Libp2pException"><see cref="Libp2pError.NegotiationFailed"/> where the peer does not serve perf; <see cref="Libp2pError.ProtocolViolation"/> where it sends more or fewer bytes than asked for, or answers before the upload has ended.</exception>
    public async ValueTask<PerfResult> MeasureAsync(PeerId peer, long upload, long download, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(upload);
        ArgumentOutOfRangeException.ThrowIfNegative(download);
        var node = _node ?? throw new InvalidOperationException("Perf is not attached to a node: start the node first.");
        await using var stream = await node.OpenStreamAsync(peer, Protocol, cancellationToken).ConfigureAwait(false);
        try
        {
            return await MeasureAsync(stream, upload, download, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception)
        {
            stream.Reset();
            cancellationToken.ThrowIfCancellationRequested();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _registration?.Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask<PerfResult> MeasureAsync(PeerStream stream, long upload, long download, CancellationToken cancellationToken)
    {
        var start = _time.GetTimestamp();
        // The read waits beside the upload: a refusal of the protocol would otherwise be seen only when a full window has stopped it.
        var answer = AwaitAnswerAsync(stream, cancellationToken);
        try
        {
            BinaryPrimitives.WriteUInt64BigEndian(stream.Output.GetSpan(RequestLength), (ulong)download);
            stream.Output.Advance(RequestLength);
            await PerfTransfer.SendAsync(stream, (ulong)upload, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception)
        {
            stream.Reset();
            await answer.ConfigureAwait(false);
            throw;
        }
        if (answer.IsCompletedSuccessfully)
            throw new Libp2pException(Libp2pError.ProtocolViolation, $"{stream.RemotePeer} answered before the upload had ended.");
        await stream.CloseWriteAsync().ConfigureAwait(false);
        var first = await answer.ConfigureAwait(false);
        var answered = _time.GetTimestamp();
        var received = (ulong)first.Buffer.Length;
        stream.Input.AdvanceTo(first.Buffer.End);
        if (!first.IsCompleted && received <= (ulong)download)
            received += await PerfTransfer.CountAsync(stream.Input, (ulong)download - received, cancellationToken).ConfigureAwait(false);
        var end = _time.GetTimestamp();
        if (received != (ulong)download)
            throw new Libp2pException(Libp2pError.ProtocolViolation, $"{stream.RemotePeer} sent {received} bytes where {download} were asked for.");
        var turn = upload > 0 ? answered : start;
        return new PerfResult(
            upload, download, _time.GetElapsedTime(start, turn), download > 0 ? _time.GetElapsedTime(turn, end) : TimeSpan.Zero, stream.Connection);
    }

    private static async Task<ReadResult> AwaitAnswerAsync(PeerStream stream, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.Input.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Wakes an upload that waits for room in the window.
            stream.Reset();
            throw;
        }
    }

    private async Task ServeAsync(PeerStream stream, CancellationToken cancellationToken)
    {
        using var deadline = new Deadline(_time, cancellationToken);
        deadline.Set(_options.MaxDuration);
        try
        {
            var request = await stream.Input.ReadAtLeastAsync(RequestLength, deadline.Token).ConfigureAwait(false);
            if (request.Buffer.Length < RequestLength)
                throw new Libp2pException(Libp2pError.ProtocolViolation, "The peer ended its stream within the request.");
            var wanted = ReadRequest(request.Buffer);
            stream.Input.AdvanceTo(request.Buffer.GetPosition(RequestLength));
            if (wanted > _options.MaxDownload)
                throw new Libp2pException(Libp2pError.LimitReached, $"The peer asked for {wanted} bytes, and at most {_options.MaxDownload} are sent.");
            await PerfTransfer.CountAsync(stream.Input, ulong.MaxValue, deadline.Token).ConfigureAwait(false);
            await PerfTransfer.SendAsync(stream, wanted, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (deadline.HasPassed)
        {
            throw new Libp2pException(Libp2pError.Timeout, $"The measurement took longer than {_options.MaxDuration.TotalSeconds:0} s.");
        }
    }

    private static ulong ReadRequest(in ReadOnlySequence<byte> buffer)
    {
        Span<byte> request = stackalloc byte[RequestLength];
        buffer.Slice(0, RequestLength).CopyTo(request);
        return BinaryPrimitives.ReadUInt64BigEndian(request);
    }
}
