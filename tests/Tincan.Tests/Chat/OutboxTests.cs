using System.Collections.Concurrent;
using Libp2p;
using Libp2p.Testing;
using Tincan.Chat;

namespace Tincan.Tests.Chat;

public sealed class OutboxTests
{
    private static readonly PeerId Ada = Identity.Generate().PeerId;
    private static readonly PeerId Bob = Identity.Generate().PeerId;

    [Fact]
    public async Task A_peers_messages_stay_in_order_and_another_peer_need_not_wait()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var toBob = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var sent = new ConcurrentQueue<string>();
        var outbox = new Outbox(
            async (peer, text, _) =>
            {
                if (peer == Ada)
                    await gate.Task;
                sent.Enqueue(text);
                if (peer == Bob)
                    toBob.SetResult();
                return true;
            },
            (_, _) => ValueTask.CompletedTask, new ManualTimeProvider(), CancellationToken.None);
        for (var i = 0; i < 10; i++)
            await outbox.AddAsync(Ada, $"{i}");
        await outbox.AddAsync(Bob, "bob");
        await toBob.Task;
        gate.SetResult();
        await outbox.FlushAsync();
        Assert.Equal(["bob", .. Enumerable.Range(0, 10).Select(i => $"{i}")], sent);
    }

    [Fact]
    public async Task After_a_failure_what_waits_is_given_up_and_counted()
    {
        var first = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (tried, given) = (0, 0);
        var outbox = new Outbox(
            async (_, _, _) =>
            {
                tried++;
                await first.Task;
                return false;
            },
            (_, count) =>
            {
                given = count;
                return ValueTask.CompletedTask;
            },
            new ManualTimeProvider(), CancellationToken.None);
        for (var i = 0; i < 5; i++)
            await outbox.AddAsync(Ada, "x");
        first.SetResult();
        await outbox.FlushAsync();
        Assert.Equal(5, tried + given);
        Assert.True(tried <= 1 || given < 5);
    }

    [Fact]
    public async Task Only_so_many_wait_for_a_peer_and_a_stop_ends_the_waiting()
    {
        using var stop = new CancellationTokenSource();
        var never = new TaskCompletionSource();
        var outbox = new Outbox(
            async (_, _, token) =>
            {
                await never.Task.WaitAsync(token);
                return true;
            },
            (_, _) => ValueTask.CompletedTask, new ManualTimeProvider(), stop.Token);
        // One is being sent, the others wait.
        for (var i = 0; i < Outbox.MaxWaiting; i++)
            await outbox.AddAsync(Ada, "x");
        var more = Task.WhenAll(outbox.AddAsync(Ada, "y").AsTask(), outbox.AddAsync(Ada, "z").AsTask());
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => more);
        await outbox.FlushAsync();
    }
}
