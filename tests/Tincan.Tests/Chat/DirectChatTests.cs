using Libp2p;
using Tincan.Chat;

namespace Tincan.Tests.Chat;

public sealed class DirectChatTests : IAsyncLifetime
{
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(10);

    private DirectPair _pair = null!;

    public async ValueTask InitializeAsync() => _pair = await DirectPair.StartAsync();

    public ValueTask DisposeAsync() => _pair.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(ChatLimits.MaxDirectBytes)]
    public async Task A_message_arrives_whole_up_to_its_bound_and_has_no_reply(int length)
    {
        var text = new string('x', length);
        Assert.Null(await _pair.Workshop.SendAsync(_pair.To, text, default));
        Assert.Equal(text, await _pair.Received.Reader.ReadAsync());
    }

    [Fact]
    public async Task One_byte_more_is_refused_and_nothing_of_it_told()
    {
        await Assert.ThrowsAnyAsync<Libp2pException>(() => _pair.Workshop.SendAsync(_pair.To, new string('x', ChatLimits.MaxDirectBytes + 1), default).AsTask());
        await _pair.Workshop.SendAsync(_pair.To, "next", default);
        Assert.Equal("next", await _pair.Received.Reader.ReadAsync());
    }

    [Fact]
    public async Task A_message_that_drips_is_ended_ten_seconds_after_it_began()
    {
        var admitted = _pair.WaitForAdmissionAsync();
        await using var stream = await _pair.Sender.OpenStreamAsync(_pair.To, DirectChat.Protocol);
        await stream.Output.WriteAsync("a"u8.ToArray());
        await admitted;
        // Bytes that keep coming do not put the deadline off.
        var ended = stream.Input.ReadAsync().AsTask();
        var began = _pair.Time.Elapsed;
        while (!ended.IsCompleted)
        {
            _pair.Time.Advance(TimeSpan.FromSeconds(1));
            var waited = _pair.Time.Elapsed - began;
            Assert.True(waited < 2.5 * ReadTimeout, "It may drip for ever.");
            // No further before its end has had time to come: nothing else is to run out meanwhile.
            if (waited >= ReadTimeout)
                await Task.WhenAny(ended, Task.Delay(TimeSpan.FromSeconds(5)));
            try
            {
                await stream.Output.WriteAsync("a"u8.ToArray());
            }
            catch (StreamResetException)
            {
                break; // The reset came meanwhile.
            }
        }
        await Assert.ThrowsAsync<StreamResetException>(() => ended);
        Assert.True(_pair.Time.Elapsed - began >= ReadTimeout, $"after {_pair.Time.Elapsed - began}");
        Assert.False(_pair.Received.Reader.TryRead(out _));
    }

    [Fact]
    public async Task A_peer_that_does_not_confirm_is_waited_for_ten_seconds()
    {
        var release = new TaskCompletionSource();
        var received = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _pair.Inbox.Received = (_, _, _) =>
        {
            received.SetResult();
            return new ValueTask(release.Task);
        };
        var sending = _pair.Workshop.SendAsync(_pair.To, "hello", default).AsTask();
        await received.Task;
        _pair.Time.Advance(ReadTimeout - TimeSpan.FromTicks(1));
        Assert.False(sending.IsCompleted);
        _pair.Time.Advance(TimeSpan.FromTicks(1));
        var failure = await Assert.ThrowsAsync<Libp2pException>(() => sending);
        release.SetResult();
        Assert.Equal(Libp2pError.Timeout, failure.Error);
    }

    [Fact]
    public async Task A_reply_on_the_same_stream_is_returned()
    {
        await using var replier = await _pair.StartReplierAsync("got it");
        Assert.Equal("got it", await _pair.Workshop.SendAsync(replier.Identity.PeerId, "hello", default));
    }

    [Fact]
    public async Task Who_sends_too_much_is_refused_and_told_of_once()
    {
        var told = 0;
        _pair.Inbox.Flooded = _ =>
        {
            told++;
            return ValueTask.CompletedTask;
        };
        for (var i = 0; i < 100; i++)
            await _pair.Workshop.SendAsync(_pair.To, $"{i}", default);
        for (var i = 0; i < 3; i++)
            await Assert.ThrowsAnyAsync<Libp2pException>(() => _pair.Workshop.SendAsync(_pair.To, "too much", default).AsTask());
        Assert.Equal((1, 3L), (told, _pair.Inbox.Dropped(_pair.Sender.Identity.PeerId)));
        _pair.Time.Advance(TimeSpan.FromSeconds(1));
        await _pair.Workshop.SendAsync(_pair.To, "again", default);
    }

    [Fact]
    public async Task Who_is_ignored_is_not_heard_and_does_not_learn_it()
    {
        _pair.Inbox.IsIgnored = _ => true;
        Assert.Null(await _pair.Workshop.SendAsync(_pair.To, "hello", default));
        await _pair.Universal.SendAsync(_pair.To, "hello", default);
        Assert.False(_pair.Received.Reader.TryRead(out _));
    }
}
