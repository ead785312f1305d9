namespace Libp2p.Interop.Tests.Peers;

/// <summary>The driver against programs of one line, so that each of its promises is seen to hold.</summary>
public sealed class PeerProcessTests
{
    [Fact]
    public async Task Each_event_is_taken_once_and_in_order()
    {
        await using var peer = Shell("""for n in 1 2 3; do echo "{\"event\":\"tick\",\"n\":$n}"; done; cat >/dev/null""");
        Assert.Equal(2, (await peer.WaitForAsync("tick", e => e.Number("n") == 2)).Number("n"));
        Assert.Equal(1, (await peer.WaitForAsync("tick")).Number("n"));
        Assert.Equal(3, (await peer.WaitForAsync("tick")).Number("n"));
    }

    [Fact]
    public async Task An_answer_is_found_by_its_id()
    {
        await using var peer = Shell("""
            while read -r line; do
              id=$(echo "$line" | sed 's/.*"id":\([0-9]*\).*/\1/')
              echo "{\"event\":\"answer\",\"id\":$id,\"got\":$line}"
            done
            """);
        var first = await peer.SendAsync("one", new { text = "a b" });
        var second = await peer.AskAsync("two", null, "answer");
        Assert.Equal("two", second.Json.GetProperty("got").GetProperty("cmd").GetString());
        var answer = await peer.WaitForAsync("answer", e => e.Id == first);
        Assert.Equal("a b", answer.Json.GetProperty("got").GetProperty("text").GetString());
    }

    [Fact]
    public async Task A_wait_in_vain_ends_and_shows_what_the_peer_said()
    {
        await using var peer = Shell("""echo "{\"event\":\"other\"}"; echo oops >&2; echo "{\"event\":\"said\"}"; cat >/dev/null""");
        await peer.WaitForAsync("said");
        var error = await Assert.ThrowsAsync<PeerException>(() => peer.WaitForAsync("never", within: TimeSpan.FromMilliseconds(50)));
        Assert.Contains("no never within 0.05 s", error.Message, StringComparison.Ordinal);
        Assert.Contains("""{"event":"other"}""", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_peer_that_dies_fails_those_who_wait_with_its_last_words()
    {
        await using var peer = Shell("""read -r line; echo "not json"; echo "out of wool" >&2; exit 3""");
        var waiting = peer.WaitForAsync("never");
        await peer.SendAsync("go");
        var error = await Assert.ThrowsAsync<PeerException>(() => waiting);
        Assert.Contains("exit code 3", error.Message, StringComparison.Ordinal);
        Assert.Contains("not json", error.Message, StringComparison.Ordinal);
        Assert.Contains("out of wool", error.Message, StringComparison.Ordinal);
        var later = await Assert.ThrowsAsync<PeerException>(() => peer.WaitForAsync("anything"));
        Assert.Contains("exit code 3", later.Message, StringComparison.Ordinal);
        Assert.Equal(3, await peer.WaitForExitAsync());
    }

    [Fact]
    public async Task The_callers_token_ends_a_wait_as_a_cancellation()
    {
        await using var peer = Shell("cat >/dev/null");
        using var source = new CancellationTokenSource();
        var waiting = peer.WaitForAsync("never", cancellationToken: source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task Kill_ends_the_whole_group()
    {
        // The child heeds neither the end of the input nor any signal that can be heeded.
        var peer = Shell("""
            (trap '' HUP INT TERM; echo "{\"event\":\"child\",\"pid\":$(sh -c 'echo $PPID')}"; exec sleep 1000) & wait
            """);
        var child = (int)(await peer.WaitForAsync("child")).Number("pid");
        Assert.Equal(peer.ProcessId, GroupOf(child));
        peer.Kill();
        await peer.WaitForExitAsync();
        await peer.DisposeAsync();
        await GoneAsync(child);
    }

    [Fact]
    public async Task Dispose_ends_what_the_program_left_behind()
    {
        var peer = Shell("""
            (trap '' HUP INT TERM; echo "{\"event\":\"child\",\"pid\":$(sh -c 'echo $PPID')}"; exec sleep 1000) & exit 0
            """);
        var child = (int)(await peer.WaitForAsync("child")).Number("pid");
        await peer.DisposeAsync();
        await GoneAsync(child);
    }

    [Fact]
    public void A_peer_that_is_not_installed_is_refused_in_one_line()
    {
        var error = Assert.Throws<PeerException>(() => InteropFolder.Installed("no-such-peer"));
        Assert.Equal("interop/no-such-peer is not installed: run interop/install.sh", error.Message);
    }

    static PeerProcess Shell(string script) => new("shell", "sh", ["-c", script]);

    static int GroupOf(int process)
    {
        var stat = File.ReadAllText($"/proc/{process}/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[2], System.Globalization.CultureInfo.InvariantCulture);
    }

    static async Task GoneAsync(int process)
    {
        // Its pipes close a moment before it is gone.
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        while (!IsGone(process))
            await Task.Delay(5, deadline.Token);
    }

    // Killed but not yet reaped by whoever inherited it counts as gone.
    static bool IsGone(int process)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{process}/stat");
            return stat[stat.LastIndexOf(')') + 2] is 'Z' or 'X';
        }
        catch (IOException)
        {
            return true;
        }
    }
}
