using System.Buffers;
using System.IO.Pipelines;

namespace Libp2p.Negotiation;

/// <summary>
/// Agrees on a protocol over a pipe (multistream-select 1.0). The dialler proposes, the listener takes or refuses. What is
/// said here is left unflushed where the other side need not wait for it.
/// </summary>
internal static class MultistreamSelect
{
    /// <summary>How many proposals a listener answers before it gives up on the other side.</summary>
    private const int MaxProposals = 64;

    /// <summary>Proposes one protocol after the other until one is taken.</summary>
    /// <exception cref="Libp2pException"><see cref="Libp2pError.NegotiationFailed"/> where all are refused, or the other side does not speak multistream.</exception>
    public static async ValueTask<ProtocolId> SelectAsync(IDuplexPipe pipe, IReadOnlyList<ProtocolId> protocols, CancellationToken cancellationToken) =>
        await TrySelectAsync(pipe, protocols, cancellationToken).ConfigureAwait(false) ?? throw Refused(protocols, []);

    /// <summary>Proposes one protocol after the other until one is taken; null where all are refused.</summary>
    /// <exception cref="Libp2pException"><see cref="Libp2pError.NegotiationFailed"/> where the other side does not speak multistream.</exception>
    public static async ValueTask<ProtocolId?> TrySelectAsync(IDuplexPipe pipe, IReadOnlyList<ProtocolId> protocols, CancellationToken cancellationToken)
    {
        MultistreamCodec.Write(pipe.Output, MultistreamCodec.Header.Utf8.Span);
        var isGreeted = false;
        foreach (var protocol in protocols)
        {
            MultistreamCodec.Write(pipe.Output, protocol.Utf8.Span);
            await pipe.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
            if (!isGreeted)
                await ExpectHeaderAsync(pipe.Input, cancellationToken).ConfigureAwait(false);
            isGreeted = true;
            if (await ReadAnswerAsync(pipe.Input, protocol, cancellationToken).ConfigureAwait(false))
                return protocol;
        }
        return null;
    }

    /// <summary>Asks, after a refusal, what the other side does serve. Not all answer: then nothing is known.</summary>
    public static async ValueTask<IReadOnlyList<ProtocolId>> AskAsync(IDuplexPipe pipe, CancellationToken cancellationToken)
    {
        try
        {
            MultistreamCodec.Write(pipe.Output, MultistreamCodec.List);
            await pipe.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
            return await ReadMessageAsync(pipe.Input, 0, static (message, _) => MultistreamCodec.ReadList(message), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is Libp2pException or IOException)
        {
            return []; // It has left: the refusal is what there is to tell.
        }
    }

    /// <summary>Writes the only proposal without waiting for its answer, and without a flush: what follows travels with it.</summary>
    public static void Propose(PipeWriter output, ProtocolId protocol)
    {
        MultistreamCodec.Write(output, MultistreamCodec.Header.Utf8.Span);
        MultistreamCodec.Write(output, protocol.Utf8.Span);
    }

    /// <summary>Reads the answer to <see cref="Propose"/>.</summary>
    /// <exception cref="Libp2pException"><see cref="Libp2pError.NegotiationFailed"/> where it is refused.</exception>
    public static async ValueTask ConfirmAsync(PipeReader input, ProtocolId protocol, CancellationToken cancellationToken)
    {
        try
        {
            await ExpectHeaderAsync(input, cancellationToken).ConfigureAwait(false);
            if (!await ReadAnswerAsync(input, protocol, cancellationToken).ConfigureAwait(false))
                throw Refused([protocol], []);
        }
        catch (StreamResetException e) when (e.ByRemote)
        {
            // Whoever refuses reads what was sent behind the proposal as another proposal, and gives up on it; the reset overtakes the refusal.
            throw new Libp2pException(
                Libp2pError.NegotiationFailed, $"The peer reset the stream instead of agreeing on {protocol}: it does not speak it, or takes no more of it.", e);
        }
    }

    /// <summary>Answers proposals until one is served.</summary>
    /// <param name="pipe">The pipe. The last answer is left unflushed where the other side did not wait for it.</param>
    /// <param name="isServed">Whether a protocol is.</param>
    /// <param name="served">All that are, for a side that asks.</param>
    /// <param name="cancellationToken">The deadline.</param>
    /// <returns>What was agreed on, and whether the answer still waits to be flushed.</returns>
    /// <exception cref="Libp2pException"><see cref="Libp2pError.NegotiationFailed"/> where the other side gave up or broke the protocol.</exception>
    public static async ValueTask<(ProtocolId Protocol, bool IsUnflushed)> AnswerAsync(
        IDuplexPipe pipe, Func<ProtocolId, bool> isServed, Func<IEnumerable<ProtocolId>> served, CancellationToken cancellationToken)
    {
        MultistreamCodec.Write(pipe.Output, MultistreamCodec.Header.Utf8.Span);
        await ExpectHeaderAsync(pipe.Input, cancellationToken).ConfigureAwait(false);
        var last = "nothing";
        for (var i = 0; i < MaxProposals; i++)
        {
            var proposal = await NextProposalAsync(pipe, cancellationToken).ConfigureAwait(false);
            if (proposal.AsksForList)
            {
                MultistreamCodec.WriteList(pipe.Output, served());
                continue;
            }
            if (proposal.Protocol is { IsEmpty: false } protocol && isServed(protocol))
            {
                MultistreamCodec.Write(pipe.Output, protocol.Utf8.Span);
                return (protocol, await FlushUnlessExpectedAsync(pipe, cancellationToken).ConfigureAwait(false));
            }
            last = proposal.Text;
            MultistreamCodec.Write(pipe.Output, MultistreamCodec.NotAvailable);
        }
        throw new Libp2pException(Libp2pError.NegotiationFailed, $"The peer proposed {MaxProposals} protocols that are not served here, the last {last}.");
    }

    private readonly record struct Proposal(ProtocolId Protocol, bool AsksForList, string Text);

    private static async ValueTask<Proposal> NextProposalAsync(IDuplexPipe pipe, CancellationToken cancellationToken)
    {
        if (!pipe.Input.TryRead(out var read))
        {
            await pipe.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
            read = await pipe.Input.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        while (true)
        {
            var buffer = read.Buffer;
            switch (MultistreamCodec.TryRead(ref buffer, out var message))
            {
                case MultistreamRead.Message:
                    var text = message.IsSingleSegment ? message.FirstSpan : message.ToArray();
                    var isList = text.SequenceEqual(MultistreamCodec.List);
                    ProtocolId.TryDecode(text, out var protocol);
                    var proposal = new Proposal(protocol, isList, MultistreamCodec.Describe(message));
                    pipe.Input.AdvanceTo(buffer.Start);
                    return proposal;
                case MultistreamRead.Malformed:
                    pipe.Input.AdvanceTo(buffer.Start);
                    // What followed a lone proposal that was refused reads like this: the refusal must leave before the stream ends.
                    await pipe.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
                    throw Malformed();
                default:
                    pipe.Input.AdvanceTo(buffer.Start, buffer.End);
                    if (read.IsCompleted)
                        throw Ended();
                    await pipe.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
                    read = await pipe.Input.ReadAsync(cancellationToken).ConfigureAwait(false);
                    break;
            }
        }
    }

    /// <summary>Where the next bytes are here already, the other side did not wait for the answer: it can travel with ours.</summary>
    private static async ValueTask<bool> FlushUnlessExpectedAsync(IDuplexPipe pipe, CancellationToken cancellationToken)
    {
        if (pipe.Input.TryRead(out var read))
        {
            pipe.Input.AdvanceTo(read.Buffer.Start);
            return true;
        }
        await pipe.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
        return false;
    }

    private static async ValueTask ExpectHeaderAsync(PipeReader input, CancellationToken cancellationToken)
    {
        if (!await ReadAnswerAsync(input, MultistreamCodec.Header, cancellationToken).ConfigureAwait(false))
            throw new Libp2pException(Libp2pError.NegotiationFailed, "The peer does not speak multistream-select 1.0.");
    }

    /// <summary>Reads one message: true for the expected one, false for a refusal.</summary>
    private static ValueTask<bool> ReadAnswerAsync(PipeReader input, ProtocolId expected, CancellationToken cancellationToken) =>
        ReadMessageAsync(input, expected, static (message, expected) => IsAgreement(message, expected), cancellationToken);

    private static bool IsAgreement(in ReadOnlySequence<byte> message, ProtocolId expected)
    {
        var text = message.IsSingleSegment ? message.FirstSpan : message.ToArray();
        if (text.SequenceEqual(expected.Utf8.Span))
            return true;
        return text.SequenceEqual(MultistreamCodec.NotAvailable)
            ? false
            : throw new Libp2pException(Libp2pError.NegotiationFailed, $"The peer answered {MultistreamCodec.Describe(message)} where {expected} was proposed.");
    }

    /// <summary>Reads one message and gives what is made of it.</summary>
    private static async ValueTask<T> ReadMessageAsync<TState, T>(
        PipeReader input, TState state, Func<ReadOnlySequence<byte>, TState, T> make, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            var buffer = read.Buffer;
            switch (MultistreamCodec.TryRead(ref buffer, out var message))
            {
                case MultistreamRead.Message:
                    try
                    {
                        return make(message, state);
                    }
                    finally
                    {
                        input.AdvanceTo(buffer.Start);
                    }
                case MultistreamRead.Malformed:
                    input.AdvanceTo(buffer.Start);
                    throw Malformed();
                default:
                    // Whoever speaks another protocol is not waited for until the deadline.
                    var isForeign = state is ProtocolId expected && expected == MultistreamCodec.Header && !MultistreamCodec.CanBeHeader(buffer);
                    input.AdvanceTo(buffer.Start, buffer.End);
                    if (isForeign)
                        throw Malformed();
                    if (read.IsCompleted)
                        throw Ended();
                    break;
            }
        }
    }

    private static Libp2pException Malformed() =>
        new(Libp2pError.NegotiationFailed, "The peer sent something that is no multistream-select message: it is not a libp2p node, or speaks to another port.");

    private static Libp2pException Ended() =>
        new(Libp2pError.NegotiationFailed, "The peer ended the connection during the negotiation.");

    /// <summary>What a dialler is told whose every proposal was refused.</summary>
    /// <param name="protocols">What was proposed.</param>
    /// <param name="offered">What the other side said that it serves; empty where it did not.</param>
    public static Libp2pException Refused(IReadOnlyList<ProtocolId> protocols, IReadOnlyList<ProtocolId> offered)
    {
        var refused = protocols.Count == 1 ? $"The peer does not speak {protocols[0]}" : $"The peer speaks none of {string.Join(", ", protocols)}";
        return offered.Count > 0
            ? new NegotiationException($"{refused}; it offers {string.Join(", ", offered.Take(4).Select(protocol => PrintableText.Escape(protocol.ToString(), 64)))}.", offered)
            : new Libp2pException(Libp2pError.NegotiationFailed, $"{refused}.");
    }
}
