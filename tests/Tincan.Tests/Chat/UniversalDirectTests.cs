using Libp2p;
using Tincan.Chat;

namespace Tincan.Tests.Chat;

public sealed class UniversalDirectTests : IAsyncLifetime
{
    private DirectPair _pair = null!;

    public async ValueTask InitializeAsync() => _pair = await DirectPair.StartAsync();

    public ValueTask DisposeAsync() => _pair.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(ChatLimits.MaxDirectBytes)]
    public async Task A_message_arrives_and_is_confirmed(int length)
    {
        var text = new string('x', length);
        await _pair.Universal.SendAsync(_pair.To, text, default);
        Assert.Equal(text, await _pair.Received.Reader.ReadAsync());
    }

    [Fact]
    public async Task It_is_confirmed_only_when_it_has_been_told()
    {
        var release = new TaskCompletionSource();
        _pair.Inbox.Received = (_, _, _) => new ValueTask(release.Task);
        var sending = _pair.Universal.SendAsync(_pair.To, "hello", default).AsTask();
        for (var i = 0; i < 100; i++)
            await Task.Yield();
        Assert.False(sending.IsCompleted);
        release.SetResult();
        await sending;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(ChatLimits.MaxDirectBytes + 1)]
    public async Task What_is_not_taken_is_answered_with_the_reason(int length)
    {
        var failure = await Assert.ThrowsAsync<Libp2pException>(() => _pair.Universal.SendAsync(_pair.To, new string('x', length), default).AsTask());
        Assert.Equal(Libp2pError.Refused, failure.Error);
        Assert.False(_pair.Received.Reader.TryRead(out _));
    }

    [Fact]
    public async Task A_declared_length_beyond_the_bound_is_refused()
    {
        await using var stream = await _pair.Sender.OpenStreamAsync(_pair.To, UniversalDirect.Protocol);
        await stream.Output.WriteAsync(new byte[] { 0xff, 0xff, 0xff, 0x7f });
        await Assert.ThrowsAnyAsync<Libp2pException>(() => stream.Input.ReadAsync().AsTask());
    }

    [Fact]
    public async Task A_message_that_does_not_end_is_ended_by_its_deadline()
    {
        // Shorter than what the sender itself waits for an answer.
        await using var pair = await DirectPair.StartAsync(new DirectChatOptions { ReadTimeout = TimeSpan.FromSeconds(3) });
        var admitted = pair.WaitForAdmissionAsync();
        await using var stream = await pair.Sender.OpenStreamAsync(pair.To, UniversalDirect.Protocol);
        await stream.Output.WriteAsync(new byte[] { 100, 1 });
        var ended = stream.Input.ReadAsync().AsTask();
        await admitted;
        // Past the receiver's deadline, and no further before its word has had time to come; again where it was set only after.
        var began = pair.Time.Elapsed;
        for (var i = 0; i < 3 && !ended.IsCompleted; i++)
        {
            pair.Time.Advance(TimeSpan.FromSeconds(3.1));
            await Task.WhenAny(ended, Task.Delay(TimeSpan.FromSeconds(5)));
        }
        Assert.InRange(pair.Time.Elapsed - began, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(9.5));
        await Assert.ThrowsAnyAsync<Libp2pException>(() => ended);
    }

    [Fact]
    public async Task A_peer_that_sends_too_much_by_one_protocol_has_nothing_left_by_the_other()
    {
        for (var i = 0; i < 100; i++)
            await _pair.Universal.SendAsync(_pair.To, $"{i}", default);
        await Assert.ThrowsAnyAsync<Libp2pException>(() => _pair.Workshop.SendAsync(_pair.To, "one more", default).AsTask());
    }
}
