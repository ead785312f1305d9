using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Libp2p.Muxers.Mplex;
using Libp2p.Muxers.Yamux;
using Libp2p.Testing;
using Libp2p.Testing.Muxers;
using Libp2p.Tests.Muxers.Yamux;

namespace Libp2p.Tests.Muxers;

/// <summary>A stream's reader goes on on the thread that read for it: what may go wrong with that must not.</summary>
public sealed class ReadThenWakeTests
{
    static readonly TimeSpan Alive = PipeTransfer.Alive;

    [Theory]
    [InlineData("yamux")]
    [InlineData("mplex")]
    public async Task A_reader_goes_on_where_its_bytes_were_read(string muxer)
    {
        await using var pair = new InlinePair(Create(muxer));
        var (near, far) = await pair.OpenAsync();
        UntilReadHere(near, far, () => { });
    }

    [Fact]
    public async Task A_reader_goes_on_in_a_context_of_its_own_and_leaves_nothing_behind()
    {
        var local = new AsyncLocal<string?> { Value = "of who attached" };
        await using var pair = new InlinePair(new YamuxMuxer());
        var (near, far) = await pair.OpenAsync();
        local.Value = "of who writes";
        List<string?> seen = [];
        for (var i = 0; i < 2; i++)
        {
            UntilReadHere(near, far, () =>
            {
                seen.Add(local.Value);
                local.Value = "of who read";
            });
        }
        Assert.All(seen, Assert.Null);
        Assert.Equal("of who writes", local.Value);

        var reading = ReadAsync();
        await near.Output.WriteAsync(new byte[1]);
        Assert.Equal("of who waits", await reading.WaitAsync(Alive));

        async Task<string?> ReadAsync()
        {
            local.Value = "of who waits";
            await PipeTransfer.ReadExactlyAsync(far.Input, 1);
            return local.Value;
        }
    }

    [Fact]
    public async Task A_reader_with_a_synchronization_context_goes_on_there()
    {
        await using var pair = new InlinePair(new YamuxMuxer());
        var (near, far) = await pair.OpenAsync();
        var context = new PostedContext();
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(context);
        var reading = Begin(far.Input.ReadAsync(), continueOnCapturedContext: true);
        Assert.False(reading.IsCompleted);
        reading.OnCompleted(() => context.WentOn.TrySetResult(context.IsRunning));
        SynchronizationContext.SetSynchronizationContext(before);
        await near.Output.WriteAsync(new byte[1]);
        Assert.True(await context.WentOn.Task.WaitAsync(Alive));
    }

    [Fact]
    public async Task Readers_that_wake_readers_that_wake_readers_find_the_end_of_the_stack_in_time()
    {
        const int Length = 500;
        List<InlinePair> pairs = [];
        List<(MuxedStream Near, MuxedStream Far)> streams = [];
        for (var i = 0; i < Length; i++)
        {
            pairs.Add(new InlinePair(new YamuxMuxer()));
            streams.Add(await pairs[i].OpenAsync());
        }
        for (var i = 1; i < Length; i++)
            _ = ForwardAsync(streams[i - 1].Far, streams[i].Near);

        // A stack on which a tenth of them would not find room.
        var sender = new Thread(() => streams[0].Near.Output.WriteAsync(new byte[1]).AsTask().Wait(Alive), maxStackSize: 384 * 1024);
        sender.Start();
        await PipeTransfer.ReadExactlyAsync(streams[^1].Far.Input, 1);

        Assert.True(sender.Join(Alive));
        foreach (var pair in pairs)
            await pair.DisposeAsync();
    }

    [Theory]
    [InlineData("yamux")]
    [InlineData("mplex")]
    public async Task A_reader_that_keeps_its_thread_holds_up_no_other_stream(string muxer)
    {
        await using var pair = new MuxerPair(Create(muxer));
        var (near, far) = await MuxerPair.OpenAsync(pair.Dialer, pair.Listener);
        var (otherNear, otherFar) = await MuxerPair.OpenAsync(pair.Dialer, pair.Listener);
        using var isOver = new ManualResetEventSlim();
        var blocked = BlockAsync();
        await near.Output.WriteAsync(new byte[1]);
        for (var i = 0; i < 10; i++)
        {
            await otherNear.Output.WriteAsync(new byte[1]);
            await PipeTransfer.ReadExactlyAsync(otherFar.Input, 1);
        }
        Assert.False(blocked.IsCompleted);
        isOver.Set();
        await blocked.WaitAsync(Alive);

        async Task BlockAsync()
        {
            await far.Input.ReadAsync().ConfigureAwait(false);
            Assert.True(isOver.Wait(Alive));
        }
    }

    public static MatrixTheoryData<string, string> Acts => new(
        ["yamux", "mplex"],
        ["write", "read again", "end", "reset", "dispose", "open", "abort", "abort and wait", "elsewhere", "throw"]);

    [Theory]
    [MemberData(nameof(Acts))]
    public async Task A_reader_may_do_anything_where_it_goes_on(string muxer, string what)
    {
        await using var pair = new MuxerPair(Create(muxer));
        var (near, far) = await MuxerPair.OpenAsync(pair.Dialer, pair.Listener);
        var reading = ReadAndActAsync(pair.Listener, far, what);
        await near.Output.WriteAsync(new byte[1]);
        if (what == "read again")
            await near.Output.WriteAsync(new byte[1]);
        if (what == "throw")
            await Assert.ThrowsAsync<InvalidOperationException>(() => reading.WaitAsync(Alive));
        else
            await reading.WaitAsync(Alive);
        if (what.StartsWith("abort", StringComparison.Ordinal))
            await pair.Dialer.Closed.WaitAsync(Alive);
        else
            await MuxerPair.OpenAsync(pair.Dialer, pair.Listener);
    }

    [Fact]
    public async Task What_came_with_the_end_of_the_session_is_given_first()
    {
        await using var raw = new RawYamux();
        await raw.SendAsync(YamuxType.Data, YamuxFlags.Syn, 1, 1, payload: 1);
        var stream = await raw.Session.AcceptAsync(CancellationToken.None).AsTask().WaitAsync(Alive);
        await PipeTransfer.ReadExactlyAsync(stream!.Input, 1);
        // Ended here too, and so in the session's table no more: whoever ends the session does not find it.
        await stream.Output.CompleteAsync();
        await raw.ReceiveAsync(h => h.Has(YamuxFlags.Fin));
        var reading = PipeTransfer.ReadExactlyAsync(stream.Input, 5);
        raw.WriteData(1, 5, YamuxFlags.Fin);
        await raw.SendAsync((YamuxType)9, 0, 0, 0);
        Assert.Equal(new byte[5], await reading);
        await raw.AssertViolationAsync("type");
    }

    /// <summary>Acts in the very continuation of a read, and waits there for what it has begun.</summary>
    static async Task ReadAndActAsync(IMuxer muxer, MuxedStream stream, string what)
    {
        var read = await stream.Input.ReadAsync().ConfigureAwait(false);
        stream.Input.AdvanceTo(read.Buffer.GetPosition(1));
        switch (what)
        {
            case "write":
                Wait(stream.Output.WriteAsync(new byte[1]).AsTask());
                break;
            case "read again":
                Wait(PipeTransfer.ReadExactlyAsync(stream.Input, 1));
                break;
            case "end":
                await stream.Output.CompleteAsync().ConfigureAwait(false);
                break;
            case "reset":
                stream.Reset();
                break;
            case "dispose":
                Wait(stream.DisposeAsync().AsTask());
                break;
            case "open":
                Wait(muxer.OpenAsync(CancellationToken.None).AsTask());
                break;
            case "abort":
                muxer.Abort(CloseReason.LocalClose);
                break;
            case "abort and wait":
                muxer.Abort(CloseReason.LocalClose);
                Wait(muxer.DisposeAsync().AsTask());
                break;
            case "elsewhere":
                // Whatever this thread had locked, another could not enter.
                Wait(Task.Run(async () =>
                {
                    Assert.Equal(1, muxer.StreamCount);
                    await stream.Output.WriteAsync(new byte[1]);
                    stream.Input.TryRead(out _);
                }));
                break;
            default:
                throw new InvalidOperationException(what);
        }
        static void Wait(Task task) => Assert.True(task.Wait(Alive));
    }

    /// <summary>Sends a byte at a time until one is read within the write that sent it: the loop must have been waiting by then.</summary>
    static void UntilReadHere(MuxedStream near, MuxedStream far, Action seen)
    {
        using var alive = new CancellationTokenSource(Alive);
        for (var isHere = false; !isHere;)
        {
            alive.Token.ThrowIfCancellationRequested();
            using var isRead = new ManualResetEventSlim();
            var thread = Environment.CurrentManagedThreadId;
            var reading = Begin(far.Input.ReadAsync(), continueOnCapturedContext: false);
            Assert.False(reading.IsCompleted);
            reading.UnsafeOnCompleted(() =>
            {
                seen();
                isHere = Environment.CurrentManagedThreadId == thread;
                far.Input.AdvanceTo(reading.GetResult().Buffer.End);
                isRead.Set();
            });
            Assert.True(near.Output.WriteAsync(new byte[1]).AsTask().Wait(Alive));
            Assert.True(isRead.Wait(Alive));
        }
    }

    static ConfiguredValueTaskAwaitable<ReadResult>.ConfiguredValueTaskAwaiter Begin(ValueTask<ReadResult> read, bool continueOnCapturedContext) =>
        read.ConfigureAwait(continueOnCapturedContext).GetAwaiter();

    static async Task ForwardAsync(MuxedStream from, MuxedStream to)
    {
        var read = await from.Input.ReadAsync().ConfigureAwait(false);
        await to.Output.WriteAsync(read.Buffer.First).ConfigureAwait(false);
        from.Input.AdvanceTo(read.Buffer.End);
    }

    static IMuxerProtocol Create(string muxer) => muxer == "yamux" ? new YamuxMuxer() : new MplexMuxer();

    sealed class InlinePair : IAsyncDisposable
    {
        readonly IMuxer _dialer;
        readonly IMuxer _listener;

        public InlinePair(IMuxerProtocol protocol)
        {
            var (dialer, listener) = InlineLink.CreatePair(new BufferPool());
            (_dialer, _listener) = (protocol.Attach(dialer, Role.Dialer), protocol.Attach(listener, Role.Listener));
        }

        public Task<(MuxedStream Near, MuxedStream Far)> OpenAsync() => MuxerPair.OpenAsync(_dialer, _listener);

        public async ValueTask DisposeAsync()
        {
            _dialer.Abort(CloseReason.LocalClose);
            _listener.Abort(CloseReason.LocalClose);
            await _dialer.DisposeAsync();
            await _listener.DisposeAsync();
        }
    }

    sealed class PostedContext : SynchronizationContext
    {
        public TaskCompletionSource<bool> WentOn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsRunning { get; private set; }

        public override void Post(SendOrPostCallback d, object? state)
        {
            IsRunning = true;
            d(state);
            IsRunning = false;
        }
    }
}
