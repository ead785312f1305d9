using System.Buffers;
using System.IO.Pipelines;

namespace Libp2p.Protocols.Gossipsub;

/// <summary>
/// Reads RPCs one after the other. One that lies whole in what has arrived is handed out where it lies; a large one is gathered as
/// it comes, since it may be more than the stream's window holds.
/// </summary>
internal sealed class RpcReader(PipeReader input, int maxLength, TimeProvider time, CancellationToken cancellationToken) : IDisposable
{
    /// <summary>From how many bytes on an RPC is gathered instead of waited for.</summary>
    private const int Large = 32 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Deadline _deadline = new(time, cancellationToken);
    private ReadOnlySequence<byte> _rest;
    private byte[] _copy = [];
    private bool _isReading;

    /// <summary>The RPC without its length; valid until the next call.</summary>
    public ReadOnlyMemory<byte> Current { get; private set; }

    /// <summary>Whether the next RPC is here already.</summary>
    public bool HasMore => _isReading && !_rest.IsEmpty;

    /// <summary>Reads the next RPC; false where the stream has ended in good order.</summary>
    /// <exception cref="Libp2pException"><see cref="Libp2pError.ProtocolViolation"/>: it is too long, has no length, or is cut short.</exception>
    public async ValueTask<bool> ReadAsync()
    {
        while (true)
        {
            var wasCompleted = false;
            if (!_isReading)
            {
                var read = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
                (_rest, _isReading, wasCompleted) = (read.Buffer, true, read.IsCompleted);
            }
            if (TryTake())
                return true;
            var isLarge = Varint.TryRead(_rest, out var length, out _) == VarintResult.Ok && length >= Large;
            var isEmpty = _rest.IsEmpty;
            input.AdvanceTo(_rest.Start, isLarge ? _rest.Start : _rest.End);
            _isReading = false;
            if (isLarge)
            {
                await GatherAsync().ConfigureAwait(false);
                return true;
            }
            if (wasCompleted)
                return isEmpty ? false : throw new Libp2pException(Libp2pError.ProtocolViolation, "The peer's stream ended within an RPC.");
        }
    }

    public void Dispose() => _deadline.Dispose();

    private async ValueTask GatherAsync()
    {
        _deadline.Set(Patience);
        try
        {
            Current = await LengthPrefixed.ReadAsync(input, maxLength, _deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_deadline.HasPassed)
        {
            throw new Libp2pException(Libp2pError.Timeout, "The peer did not finish an RPC in time.");
        }
        _deadline.Set(Timeout.InfiniteTimeSpan);
    }

    private bool TryTake()
    {
        switch (LengthPrefixed.TryRead(ref _rest, maxLength, out var message))
        {
            case LengthPrefixedResult.Ok:
                Current = message.IsSingleSegment ? message.First : Copy(message);
                return true;
            case LengthPrefixedResult.Incomplete:
                return false;
            default:
                throw new Libp2pException(Libp2pError.ProtocolViolation, $"The peer sent an RPC of more than {maxLength} bytes, or one without a length.");
        }
    }

    private ReadOnlyMemory<byte> Copy(in ReadOnlySequence<byte> message)
    {
        var length = (int)message.Length;
        if (_copy.Length < length)
            _copy = new byte[Math.Max(length, 4096)];
        message.CopyTo(_copy);
        return _copy.AsMemory(0, length);
    }
}
