using Libp2p.Interop.Tests.Nodes;

namespace Libp2p.Interop.Tests;

/// <summary>Streams: their content, the end of one direction, resets, in both directions over connections dialled from both sides.</summary>
public sealed class StreamTests(Encounters encounters) : IClassFixture<Encounters>
{
    const int Window = 256 * 1024;

    /// <summary>Around what frames and windows can get wrong: a Noise frame, a yamux frame in it, a window with and without its headers.</summary>
    static readonly int[] _sizes =
    [
        0, 1, 11, 12, 13, 31, 1_000, 65_507, 65_508, 65_519, 65_535, 65_536, 65_537,
        Window - 13, Window - 12, Window - 1, Window, Window + 1, Window + 12, (2 * Window) + 1, 3_000_017,
    ];

    [Theory]
    [InlineData(Side.Ours)]
    [InlineData(Side.Js)]
    public async Task Our_echoes_return_unchanged(Side dialer)
    {
        await using var met = await encounters.BeginAsync(dialer);
        foreach (var size in _sizes)
        {
            await using var stream = await met.OpenAsync(TestProtocols.Echo);
            await stream.EchoAsync(size, met.Deadline);
        }
    }

    [Theory]
    [InlineData(Side.Ours)]
    [InlineData(Side.Js)]
    public async Task The_echoes_of_js_return_unchanged(Side dialer)
    {
        await using var met = await encounters.BeginAsync(dialer);
        foreach (var size in _sizes)
        {
            var echo = await met.Js.AskAsync("echo", new { peer = met.Ours.Peer, bytes = size, chunk = 99_991 }, "echo");
            Assert.Equal(size, echo.Number("received"));
            Assert.True(echo.Flag("ok"), echo.ToString());
        }
    }

    /// <summary>Js writes each chunk as one frame where the window allows it: a frame as large as the window.</summary>
    [Theory]
    [InlineData(Side.Ours)]
    [InlineData(Side.Js)]
    public async Task Frames_as_large_as_the_window_are_taken(Side dialer)
    {
        await using var met = await encounters.BeginAsync(dialer);
        foreach (var size in (int[])[Window, Window + 1, 5 * Window])
        {
            var echo = await met.Js.AskAsync("echo", new { peer = met.Ours.Peer, bytes = size, chunk = Math.Min(size, 1 << 20) }, "echo");
            Assert.True(echo.Flag("ok"), echo.ToString());
        }
    }

    /// <summary>The proposal and a whole window in one write: js takes all of it before its handler has begun.</summary>
    [Theory]
    [InlineData(Side.Ours)]
    [InlineData(Side.Js)]
    public async Task A_whole_window_may_follow_a_proposal_that_nobody_has_answered(Side dialer)
    {
        await using var met = await encounters.BeginAsync(dialer);
        foreach (var size in (int[])[1, 1_000, 65_536, Window - 64, Window, Window + 1])
        {
            await using var stream = await met.OpenAsync(TestProtocols.Discard);
            await stream.Output.WriteAsync(new byte[size], met.Deadline);
            await stream.CloseWriteAsync();
            Assert.Equal(0, await stream.CountToEndAsync(met.Deadline));
            Assert.Equal(size, (await met.Js.WaitForAsync("discarded", cancellationToken: met.Deadline)).Number("bytes"));
        }
    }

    [Theory]
    [InlineData(Side.Ours)]
    [InlineData(Side.Js)]
    public async Task After_our_end_of_writing_the_answer_still_comes(Side dialer)
    {
        await using var met = await encounters.BeginAsync(dialer);
        foreach (var size in (int[])[0, 1, 1_000, Window])
        {
            await using var stream = await met.OpenAsync(TestProtocols.Echo);
            await stream.EchoAfterEndAsync(size, met.Deadline);
        }
    }

    [Theory]
    [InlineData(Side.Ours)]
    [InlineData(Side.Js)]
    public async Task After_the_end_of_js_our_answer_still_comes(Side dialer)
    {
        await using var met = await encounters.BeginAsync(dialer);
        foreach (var size in (int[])[0, 1, 1_000, Window])
        {
            var answer = await met.Js.AskAsync("half-close", new { peer = met.Ours.Peer, bytes = size }, "half-close");
            Assert.True(answer.Flag("ok"), answer.ToString());
            Assert.Equal(size, answer.Number("received"));
        }
    }

    [Theory]
    [InlineData(Side.Ours)]
    [InlineData(Side.Js)]
    public async Task After_the_listeners_end_of_writing_js_may_still_write(Side dialer)
    {
        await using var met = await encounters.BeginAsync(dialer);
        const int size = 1_000_000;
        await met.Js.AskAsync("send", new { peer = met.Ours.Peer, protocol = TestProtocols.EndFirst.ToString(), bytes = size }, "sent");
        Assert.Equal(size, await met.Ours.Protocols.DiscardedAsync(met.Deadline));
    }

    [Theory]
    [InlineData(Side.Ours)]
    [InlineData(Side.Js)]
    public async Task Js_sees_our_reset(Side dialer)
    {
        await using var met = await encounters.BeginAsync(dialer);
        await using (var stream = await met.OpenAsync(TestProtocols.Echo))
        {
            await stream.Output.WriteAsync(new byte[1_000], met.Deadline);
            var read = await stream.Input.ReadAsync(met.Deadline);
            stream.Input.AdvanceTo(read.Buffer.End);
            stream.Reset();
            var failure = await Assert.ThrowsAsync<StreamResetException>(async () => await stream.Input.ReadAsync(met.Deadline));
            Assert.False(failure.ByRemote);
        }
        var seen = await met.Js.WaitForAsync("stream-error", cancellationToken: met.Deadline);
        Assert.Equal((TestProtocols.Echo.ToString(), met.Ours.Peer), (seen.Text("protocol"), seen.Text("from")));
        Assert.Equal("StreamResetError", seen.Text("name"));

        var expected = await met.Js.AskAsync("expect-reset", new { peer = met.Ours.Peer, bytes = 100_000 }, "expect-reset");
        Assert.Equal("reset", expected.Text("outcome"));
        await met.AssertAliveAsync();
    }

    [Theory]
    [InlineData(Side.Ours)]
    [InlineData(Side.Js)]
    public async Task We_see_the_reset_of_js(Side dialer)
    {
        await using var met = await encounters.BeginAsync(dialer);
        await using (var stream = await met.OpenAsync(TestProtocols.ResetAtOnce))
        {
            // Whichever is under way when the reset comes tells of it.
            var failure = await Assert.ThrowsAsync<StreamResetException>(async () =>
            {
                await stream.Output.WriteAsync(new byte[1_000], met.Deadline);
                await stream.CountToEndAsync(met.Deadline);
            });
            Assert.True(failure.ByRemote);
        }
        await met.Js.AskAsync("reset", new { peer = met.Ours.Peer, bytes = 100_000 }, "reset");
        var served = Assert.IsType<StreamResetException>(await met.Ours.Protocols.FailureAsync(met.Deadline));
        Assert.True(served.ByRemote);
        await met.AssertAliveAsync();
    }
}
