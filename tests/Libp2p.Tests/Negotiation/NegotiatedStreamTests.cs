using System.Buffers;
using Libp2p.Muxers.Yamux;
using Libp2p.Negotiation;
using Libp2p.Testing;
using Libp2p.Testing.Muxers;
using Libp2p.Tests.Muxers.Yamux;
using Libp2p.Tests.Support;

namespace Libp2p.Tests.Negotiation;

public sealed class NegotiatedStreamTests : IAsyncDisposable
{
    static readonly ProtocolId Protocol = "/a/1.0.0";
    static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    readonly ManualTimeProvider _time = new();
    readonly MuxerPair _pair = new(new YamuxMuxer());

    public ValueTask DisposeAsync() => _pair.DisposeAsync();

    [Fact]
    public async Task Takes_a_write_of_any_length_before_the_negotiation_is_over()
    {
        await using var nodes = new TestNodes();
        var (dialer, listener) = (await nodes.StartAsync(), await nodes.StartAsync());
        var received = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var handler = listener.Handle("/sink/1", async (stream, cancellationToken) =>
        {
            var total = 0L;
            while (true)
            {
                var read = await stream.Input.ReadAsync(cancellationToken);
                total += read.Buffer.Length;
                stream.Input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                    break;
            }
            received.SetResult(total);
        });
        await using var stream = await dialer.OpenStreamAsync(await dialer.DialAsync(listener), "/sink/1", TestNodes.Patience);
        var bytes = new byte[5 << 20];
        await stream.Output.WriteAsync(bytes, TestNodes.Patience);
        await stream.Output.CompleteAsync();
        Assert.Equal(bytes.Length, await received.Task.WaitAsync(TestNodes.Patience));
    }

    [Fact]
    public async Task Proposal_and_first_data_leave_in_one_frame()
    {
        await using var raw = new RawYamux(role: Role.Dialer);
        var stream = NegotiatedStream.Propose(await raw.Session.OpenAsync(CancellationToken.None), Protocol, _time, Deadline);
        await stream.Output.WriteAsync("hello"u8.ToArray());
        var frame = await raw.ReceiveAsync(_ => true);
        Assert.Equal(new YamuxHeader(YamuxType.Data, YamuxFlags.Syn, 1, 20 + 10 + 5), frame);
    }

    [Fact]
    public async Task A_lazy_dialer_and_a_lazy_listener_exchange_data_in_one_round_trip()
    {
        var dialed = await ProposeAsync();
        await dialed.Output.WriteAsync("question"u8.ToArray());
        var accepted = await AnswerAsync();
        Assert.IsType<NegotiatedStream>(accepted);
        Assert.Equal("question"u8.ToArray(), await PipeTransfer.ReadExactlyAsync(accepted.Input, 8));
        await accepted.Output.WriteAsync("answer"u8.ToArray());
        await accepted.Output.CompleteAsync();
        Assert.Equal("answer"u8.ToArray(), await PipeTransfer.ReadToEndAsync(dialed.Input));
        await dialed.DisposeAsync();
        await accepted.DisposeAsync();
    }

    [Fact]
    public async Task A_dialer_that_reads_first_sends_its_proposal()
    {
        var dialed = await ProposeAsync();
        var reading = PipeTransfer.ReadExactlyAsync(dialed.Input, 5);
        var accepted = await AnswerAsync();
        await accepted.Output.WriteAsync("first"u8.ToArray());
        Assert.Equal("first"u8.ToArray(), await reading);
    }

    [Fact]
    public async Task The_end_of_writing_is_held_back_until_the_answer()
    {
        await using var raw = new RawYamux(role: Role.Dialer);
        var stream = NegotiatedStream.Propose(await raw.Session.OpenAsync(CancellationToken.None), Protocol, _time, Deadline);
        await stream.Output.WriteAsync("all there is"u8.ToArray());
        await stream.Output.CompleteAsync();
        // What a ping answers has passed everything that was ready before.
        Assert.False((await raw.ReceiveAsync(_ => true)).Has(YamuxFlags.Fin));
        await raw.SendAsync(YamuxType.Ping, YamuxFlags.Syn, 0, 1);
        await raw.ReceiveAsync(h => !h.Has(YamuxFlags.Fin) && h.Type == YamuxType.Ping);
        await SendAnswerAsync(raw, "/multistream/1.0.0", "/a/1.0.0");
        await raw.ReceiveAsync(h => h.StreamId == 1 && h.Has(YamuxFlags.Fin));
    }

    [Fact]
    public async Task Ending_to_read_first_loses_neither_the_stream_nor_its_end()
    {
        var dialed = await ProposeAsync();
        await dialed.Input.CompleteAsync();
        await dialed.Output.WriteAsync("one way"u8.ToArray());
        await dialed.Output.CompleteAsync();
        var accepted = await AnswerAsync();
        var reading = PipeTransfer.ReadToEndAsync(accepted.Input);
        await accepted.Output.FlushAsync();
        Assert.Equal("one way"u8.ToArray(), await reading);
    }

    [Fact]
    public async Task Disposing_at_once_still_ends_in_good_order()
    {
        var dialed = await ProposeAsync();
        await dialed.Output.WriteAsync("fire and forget"u8.ToArray());
        await dialed.DisposeAsync();
        var accepted = await AnswerAsync();
        await accepted.Output.FlushAsync();
        Assert.Equal("fire and forget"u8.ToArray(), await PipeTransfer.ReadToEndAsync(accepted.Input));
        await accepted.DisposeAsync();
    }

    [Fact]
    public async Task A_listener_that_says_nothing_still_sends_its_answer()
    {
        var dialed = await ProposeAsync();
        await dialed.Output.WriteAsync("x"u8.ToArray());
        var accepted = await AnswerAsync();
        await accepted.DisposeAsync();
        Assert.Empty(await PipeTransfer.ReadToEndAsync(dialed.Input));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whoever_has_answered_keeps_the_muxers_stream_alone(bool writes)
    {
        var dialed = await ProposeAsync();
        await dialed.Output.WriteAsync("hi"u8.ToArray());
        var accepted = await AnswerAsync();
        Assert.Same(accepted, accepted.Settled);
        accepted.Output.Write("ho"u8);
        if (writes)
            await accepted.Output.WriteAsync("!"u8.ToArray());
        else
            await accepted.Output.FlushAsync();
        Assert.NotSame(accepted, accepted.Settled);
        Assert.Equal("ho"u8.ToArray(), await PipeTransfer.ReadExactlyAsync(dialed.Input, 2));
        Assert.Equal("hi"u8.ToArray(), await PipeTransfer.ReadExactlyAsync(accepted.Settled.Input, 2));
        await accepted.DisposeAsync();
        await dialed.DisposeAsync();
    }

    [Fact]
    public async Task A_refusal_after_lazy_data_fails_the_read_and_resets()
    {
        await using var raw = new RawYamux(role: Role.Dialer);
        var stream = NegotiatedStream.Propose(await raw.Session.OpenAsync(CancellationToken.None), Protocol, _time, Deadline);
        await stream.Output.WriteAsync("too early"u8.ToArray());
        await SendAnswerAsync(raw, "/multistream/1.0.0", "na");
        var failure = await Assert.ThrowsAsync<Libp2pException>(() => stream.Input.ReadAsync().AsTask().WaitAsync(PipeTransfer.Alive));
        Assert.Equal("The peer does not speak /a/1.0.0.", failure.Message);
        await stream.DisposeAsync();
        await raw.ReceiveAsync(h => h.StreamId == 1 && h.Has(YamuxFlags.Rst));
        Assert.Equal(0, raw.Session.StreamCount);
    }

    [Theory]
    [InlineData("read")]
    [InlineData("write")]
    [InlineData("flush")]
    [InlineData("memory")]
    public async Task A_refusal_with_a_reset_right_behind_it_is_told_to_whoever_comes_first(string call)
    {
        await using var raw = new RawYamux(role: Role.Dialer);
        var stream = NegotiatedStream.Propose(await raw.Session.OpenAsync(CancellationToken.None), Protocol, _time, Deadline);
        await AnswerAndResetAsync(raw, "/multistream/1.0.0", "na");

        var failure = await Assert.ThrowsAsync<Libp2pException>(() => CallAsync(stream, call));

        Assert.Equal("The peer does not speak /a/1.0.0.", failure.Message);
        Assert.Same(failure, await Assert.ThrowsAsync<Libp2pException>(() => CallAsync(stream, "read")));
        await stream.DisposeAsync();
    }

    [Theory]
    [InlineData("read")]
    [InlineData("write")]
    public async Task A_reset_without_an_answer_is_a_refusal_too(string call)
    {
        await using var raw = new RawYamux(role: Role.Dialer);
        var stream = NegotiatedStream.Propose(await raw.Session.OpenAsync(CancellationToken.None), Protocol, _time, Deadline);
        await AnswerAndResetAsync(raw);

        var failure = await Assert.ThrowsAsync<Libp2pException>(() => CallAsync(stream, call));

        Assert.Equal(Libp2pError.NegotiationFailed, failure.Error);
        await stream.DisposeAsync();
    }

    [Theory]
    [InlineData("write")]
    [InlineData("flush")]
    [InlineData("memory")]
    public async Task A_reset_after_an_agreement_is_a_reset(string call)
    {
        await using var raw = new RawYamux(role: Role.Dialer);
        var stream = NegotiatedStream.Propose(await raw.Session.OpenAsync(CancellationToken.None), Protocol, _time, Deadline);
        await AnswerAndResetAsync(raw, "/multistream/1.0.0", "/a/1.0.0");

        var failure = await Assert.ThrowsAsync<StreamResetException>(() => CallAsync(stream, call));

        Assert.True(failure.ByRemote);
        await stream.DisposeAsync();
    }

    [Fact]
    public async Task An_answer_that_never_comes_fails_at_the_deadline()
    {
        await using var raw = new RawYamux(role: Role.Dialer);
        var stream = NegotiatedStream.Propose(await raw.Session.OpenAsync(CancellationToken.None), Protocol, _time, Deadline);
        var reading = stream.Input.ReadAsync().AsTask();
        await raw.ReceiveAsync(h => h.Has(YamuxFlags.Syn));
        _time.Advance(Deadline);
        var failure = await Assert.ThrowsAsync<Libp2pException>(() => reading.WaitAsync(PipeTransfer.Alive));
        Assert.Equal(Libp2pError.Timeout, failure.Error);
        await stream.DisposeAsync();
        await raw.ReceiveAsync(h => h.StreamId == 1 && h.Has(YamuxFlags.Rst));
    }

    [Fact]
    public async Task A_cancelled_read_leaves_the_negotiation_to_the_next()
    {
        var dialed = await ProposeAsync();
        using var cancellation = new CancellationTokenSource();
        var reading = dialed.Input.ReadAsync(cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(PipeTransfer.Alive));
        var accepted = await AnswerAsync();
        await accepted.Output.WriteAsync("later"u8.ToArray());
        Assert.Equal("later"u8.ToArray(), await PipeTransfer.ReadExactlyAsync(dialed.Input, 5));
    }

    [Fact]
    public async Task A_proposed_link_sends_its_proposal_with_the_first_data_and_reads_past_the_answer()
    {
        await using var links = new LinkPair();
        var link = new ProposedLink(links.Dialer, Protocol);
        await link.Output.WriteAsync("hi"u8.ToArray());
        var (agreed, isUnflushed) = await MultistreamSelect.AnswerAsync(links.Listener, _ => true, () => [], CancellationToken.None);
        Assert.Equal((Protocol, true), (agreed, isUnflushed));
        Assert.Equal("hi"u8.ToArray(), await PipeTransfer.ReadExactlyAsync(links.Listener.Input, 2));
        await links.Listener.Output.WriteAsync("there"u8.ToArray());
        Assert.Equal("there"u8.ToArray(), await PipeTransfer.ReadExactlyAsync(link.Input, 5));
    }

    async Task<MuxedStream> ProposeAsync() =>
        NegotiatedStream.Propose(await _pair.Dialer.OpenAsync(CancellationToken.None), Protocol, _time, Deadline);

    /// <summary>What the router does with a stream that comes in.</summary>
    async Task<MuxedStream> AnswerAsync()
    {
        var stream = await _pair.Listener.AcceptAsync(CancellationToken.None).AsTask().WaitAsync(PipeTransfer.Alive);
        Assert.NotNull(stream);
        var (protocol, isUnflushed) = await MultistreamSelect.AnswerAsync(stream, p => p == Protocol, () => [Protocol], CancellationToken.None)
            .AsTask().WaitAsync(PipeTransfer.Alive);
        Assert.Equal(Protocol, protocol);
        return isUnflushed ? NegotiatedStream.Answered(stream, _time, Deadline) : stream;
    }

    /// <summary>Sends an answer, if there is one, and a reset behind it, and waits until both have been taken: the ping behind them is answered.</summary>
    static async Task AnswerAndResetAsync(RawYamux raw, params string[] messages)
    {
        if (messages.Length > 0)
            await SendAnswerAsync(raw, messages);
        await raw.SendAsync(YamuxType.WindowUpdate, YamuxFlags.Rst, 1, 0);
        await raw.AssertAliveAsync();
    }

    static Task CallAsync(MuxedStream stream, string call)
    {
        return call switch
        {
            "read" => stream.Input.ReadAsync().AsTask().WaitAsync(PipeTransfer.Alive),
            "write" => stream.Output.WriteAsync("x"u8.ToArray()).AsTask().WaitAsync(PipeTransfer.Alive),
            "flush" => stream.Output.FlushAsync().AsTask().WaitAsync(PipeTransfer.Alive),
            _ => Memory(),
        };
        async Task Memory()
        {
            await Task.CompletedTask;
            stream.Output.GetMemory(1);
        }
    }

    static async Task SendAnswerAsync(RawYamux raw, params string[] messages)
    {
        var bytes = messages.SelectMany(m => (byte[])[(byte)(m.Length + 1), .. System.Text.Encoding.UTF8.GetBytes(m), (byte)'\n']).ToArray();
        var header = new byte[YamuxHeader.Size];
        new YamuxHeader(YamuxType.Data, YamuxFlags.Ack, 1, (uint)bytes.Length).Write(header);
        await raw.Remote.Output.WriteAsync((byte[])[.. header, .. bytes]);
    }
}
