using System.Buffers;
using Microsoft.Extensions.Logging;

namespace Libp2p.Muxers.Mplex;

/// <summary>An mplex session: what its messages mean, and how it waits for a stream that is full.</summary>
internal sealed class MplexConnection : MuxerConnection
{
    private readonly MplexOptions _options;
    private readonly MplexMachine _machine;

    /// <summary>The full stream that the next message is for, the message's bytes, and what ends the wait. Under <see cref="MuxerConnection.Gate"/>.</summary>
    private MplexStreamState? _full;
    private int _wanted;
    private TaskCompletionSource? _room;

    public MplexConnection(SecureLink link, MplexOptions options, TimeProvider time, ILogger logger)
        : base(link, new MuxerBounds(options.MaxInboundStreams, options.MaxBuffered, options.WriteTimeout, options.WriteTimeout / 3), time, logger)
    {
        _options = options;
        _machine = new MplexMachine(options);
        Start();
    }

    public override int StreamCount
    {
        get
        {
            lock (Gate)
                return _machine.StreamCount;
        }
    }

    /// <summary>The protocol has no ping.</summary>
    public override TimeSpan? RoundTripTime => null;

    protected override bool HasFrame => _machine.HasFrame;

    /// <summary>The protocol has no word for it: the link's end is the goodbye.</summary>
    protected override CloseReason? Goodbye => null;

    public override ValueTask<MuxedStream> OpenAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (Gate)
        {
            if (_machine.Open() is { } state)
                return new ValueTask<MuxedStream>(new MplexStream(this, state));
        }
        throw Lost();
    }

    public void Queue(MplexStreamState state, int bytes)
    {
        bool taken;
        lock (Gate)
            taken = _machine.Queue(state, bytes);
        if (!taken)
            FailLate(state.Stream!);
        Pump();
    }

    public void EndWriting(MplexStreamState state, int bytes)
    {
        lock (Gate)
        {
            _machine.Queue(state, bytes);
            _machine.EndWriting(state);
        }
        Pump();
    }

    public void Consumed(MplexStreamState state, long bytes)
    {
        lock (Gate)
        {
            MplexMachine.Consumed(state, bytes);
            EndWaitIfRoom();
        }
    }

    public void EndReading(MplexStreamState state)
    {
        lock (Gate)
        {
            _machine.EndReading(state, Now);
            EndWaitIfRoom();
        }
    }

    public void Reset(MplexStreamState state)
    {
        lock (Gate)
        {
            _machine.Reset(state);
            EndWaitIfRoom();
        }
        Pump();
    }

    /// <summary>The protocol has no acknowledgement.</summary>
    protected override void OnAccepted(MuxerStream stream)
    {
        lock (Gate)
            _machine.Accept();
    }

    protected override int TakeFrame()
    {
        MplexFrame frame;
        lock (Gate)
        {
            if (!_machine.TryTakeFrame(out frame))
                return NoFrame;
        }
        var header = frame.Header.Size;
        var size = header + frame.Header.Length;
        var memory = Link.Output.GetMemory(size).Span;
        if (frame.DataOf is { } state && state.Stream!.Writer.Take(memory[header..size]) != frame.Header.Length)
            return 0; // Reset since the frame was taken: its reset follows.
        frame.Header.Write(memory);
        Link.Output.Advance(size);
        return size;
    }

    protected override bool TryTakeHeader(ref ReadOnlySequence<byte> buffer, out string? error)
    {
        if (MplexHeader.TryRead(buffer, _options.MaxMessage, out var header, out var size, out error) != MplexRead.Header)
            return false;
        MplexOutcome outcome;
        MplexStream? opened = null;
        lock (Gate)
        {
            if (_machine.FullFor(header) is { } full)
            {
                (_full, _wanted) = (full, header.Length);
                _room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                Block();
                return false;
            }
            outcome = _machine.Receive(header, Now);
            if (outcome.Has(MplexEvents.Opened))
                opened = new MplexStream(this, outcome.State!);
        }
        buffer = buffer.Slice(size);
        if (opened is not null)
            Offer(opened);
        if (outcome.Has(MplexEvents.Body | MplexEvents.Skip))
            ExpectBody(header.Length, outcome.Has(MplexEvents.Body) ? outcome.State!.Stream : null, endsAfter: false);
        if (outcome.Has(MplexEvents.Ended))
            EndReading(outcome.State!.Stream!);
        if (outcome.Has(MplexEvents.Reset))
            FailByRemote(outcome.State!.Stream!);
        if (outcome.Has(MplexEvents.Send))
            Pump();
        error = outcome.Error;
        return error is null;
    }

    /// <summary>A full stream holds up all of the connection: within bounds, then it is reset.</summary>
    protected override Task WaitForRoomAsync()
    {
        lock (Gate)
            return _room is null ? Task.CompletedTask : WaitForRoomAsync(_full!.Stream!, _room.Task);
    }

    /// <summary>Data for a stream that nobody reads any more is dropped, until the linger is over.</summary>
    protected override void Discard(MuxerStream stream, int bytes)
    {
        var state = ((MplexStream)stream).State;
        lock (Gate)
        {
            if (!MplexMachine.IsLingerOver(state, Now))
                return;
            _machine.Reset(state);
        }
        FailLingering(stream);
        Pump();
    }

    protected override MuxerStream Fullest(MuxerStream candidate)
    {
        lock (Gate)
        {
            foreach (var state in _machine.Streams)
            {
                if (state.Stream!.Reader.Charged > candidate.Reader.Charged)
                    candidate = state.Stream;
            }
        }
        return candidate;
    }

    protected override void SayGoodbye(bool forViolation)
    {
        // The protocol has no word for it.
    }

    protected override MuxerStream[] TakeStreams()
    {
        MuxerStream[] streams = [.. _machine.Streams.Select(state => state.Stream!)];
        _machine.Close();
        return streams;
    }

    protected override void OnEnded()
    {
        lock (Gate)
            EndWaitIfRoom();
    }

    protected override CloseReason? FindSilence(List<MuxerStream> overdue)
    {
        var now = Now;
        lock (Gate)
            overdue.AddRange(_machine.Streams.Where(state => MplexMachine.IsLingerOver(state, now)).Select(state => state.Stream!));
        return null;
    }

    private async Task WaitForRoomAsync(MplexStream stream, Task room)
    {
        try
        {
            await room.WaitAsync(_options.FullTimeout, Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            MuxerLog.FullReset(Logger, Link.RemotePeer, stream.Id, _options.FullTimeout.TotalSeconds);
            stream.Reset();
        }
    }

    private void EndWaitIfRoom()
    {
        if (_room is null || _machine.IsFull(_full!, _wanted))
            return;
        _room.SetResult();
        (_full, _room) = (null, null);
    }
}
