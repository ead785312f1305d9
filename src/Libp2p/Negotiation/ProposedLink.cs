using System.Buffers;
using System.IO.Pipelines;

namespace Libp2p.Negotiation;

/// <summary>A link on which one protocol was proposed without waiting: its first read takes the answer.</summary>
internal sealed class ProposedLink : Link
{
    private readonly Link _inner;
    private readonly ConfirmingReader _input;

    public ProposedLink(Link inner, ProtocolId protocol)
    {
        _inner = inner;
        MultistreamSelect.Propose(inner.Output, protocol);
        _input = new ConfirmingReader(
            inner.Input,
            protocol,
            async cancellationToken => await inner.Output.FlushAsync(cancellationToken).ConfigureAwait(false),
            TimeProvider.System,
            Timeout.InfiniteTimeSpan);
    }

    public override PipeReader Input => _input;

    /// <summary>Whether the other side has taken the proposal.</summary>
    public bool IsTaken => _input.IsDone;

    public override PipeWriter Output => _inner.Output;

    public override Multiaddress LocalAddress => _inner.LocalAddress;

    public override Multiaddress RemoteAddress => _inner.RemoteAddress;

    public override MemoryPool<byte> Pool => _inner.Pool;

    public override void Abort(Exception? reason = null) => _inner.Abort(reason);

    public override ValueTask DisposeAsync() => _inner.DisposeAsync();
}
