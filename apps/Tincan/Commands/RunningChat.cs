using System.Threading.Channels;
using Libp2p;
using Libp2p.Reconnection;
using Tincan.Chat;
using Tincan.Terminal;

namespace Tincan.Commands;

/// <summary>A chat from its start to its goodbye.</summary>
/// <param name="settings">What the command line says.</param>
/// <param name="node">The node.</param>
/// <param name="session">The chat.</param>
/// <param name="commands">What carries out lines.</param>
/// <param name="output">Where it is told what happens.</param>
/// <param name="isAllSent">Whether no message to a room waits for a peer.</param>
/// <param name="signals">What ends it.</param>
internal sealed class RunningChat(
    ChatSettings settings, Libp2pNode node, ChatSession session, ChatCommands commands, ChatOutput output, Func<bool> isAllSent, StopSignals signals)
{
    /// <summary>How long what is being sent may take once a person or a signal ends the chat: a quarter of the goodbye.</summary>
    private static readonly TimeSpan FlushTime = StopSignals.Patience / 4;

    /// <summary>How long it may take once a script has said all: as long as a direct message has to arrive.</summary>
    private static readonly TimeSpan LastWordsTime = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan FlushPause = TimeSpan.FromMilliseconds(10);

    /// <summary>Runs it with lines from a pipe, to their end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunInPipeAsync()
    {
        await StartAsync();
        using var either = StopWhenUnseen();
        // All of them before the first line: a script's first message finds those it was meant for.
        var reached = await DialAsync(either.Token);
        await ReadAsync(PipeInput.Start(Console.OpenStandardInput()), either.Token);
        await EndAsync(LastWordsTime);
        return reached || signals.Received ? ExitCodes.Success : ExitCodes.Failure;
    }

    /// <summary>Runs it on a terminal, until the person ends it.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunLiveAsync(TerminalScreen screen)
    {
        await StartAsync();
        using var either = StopWhenUnseen();
        var dialling = DialAsync(either.Token);
        await ReadAsync(screen.Start(), either.Token);
        await either.CancelAsync();
        await dialling;
        await EndAsync(FlushTime);
        return ExitCodes.Success;
    }

    private async Task StartAsync()
    {
        session.Start();
        await node.StartAsync(signals.Token);
        await session.TellAsync(ChatCommands.Ready(node));
        if (settings.Name is { } name)
            await commands.SetNameAsync(name);
        foreach (var room in settings.Rooms)
            await commands.JoinAsync(room);
        // The first that was named is in view.
        if (settings.Rooms.Count > 1)
            await commands.JoinAsync(settings.Rooms[0]);
        session.Rooms.Start();
    }

    /// <summary>Connects to whom the command line names, and keeps them connected from then on.</summary>
    /// <returns>Whether all were reached.</returns>
    private async Task<bool> DialAsync(CancellationToken cancellationToken)
    {
        try
        {
            return !(await Task.WhenAll(settings.Dial.Select(a => KeepAsync(a, cancellationToken)))).Contains(false);
        }
        catch (OperationCanceledException)
        {
            // The chat ends before they were reached.
            return false;
        }
    }

    private async Task<bool> KeepAsync(Multiaddress address, CancellationToken cancellationToken)
    {
        var answered = await commands.DialAsync(address, cancellationToken);
        // One that was not reached may yet come; where no peer is named, it is whoever answered.
        if ((answered ?? address.PeerId) is { } peer)
            await node.Get<KeepAliveService>().AddAsync(peer, [address], cancellationToken);
        return answered is not null;
    }

    private CancellationTokenSource StopWhenUnseen()
    {
        var either = CancellationTokenSource.CreateLinkedTokenSource(signals.Token);
        _ = output.Completion.ContinueWith(
            _ => either.CancelAsync(), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return either;
    }

    private async Task ReadAsync(ChannelReader<string> input, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var line in input.ReadAllAsync(cancellationToken))
            {
                if (!await commands.ExecuteAsync(line, cancellationToken))
                    break;
            }
            await session.Direct.Outbox.FlushAsync().WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // A signal, or nobody sees the chat any more: what follows is the goodbye.
        }
    }

    private async Task EndAsync(TimeSpan flushTime)
    {
        await FlushAsync(flushTime);
        await session.DisposeAsync();
        await node.DisposeAsync();
        await session.History.DisposeAsync();
        await output.DisposeAsync();
        if (output.Completion.Exception?.InnerException is IOException e)
            throw new CommandException($"standard output cannot be written ({FailureLine.Of(e).What})", "the chat needs somewhere to be seen: check what reads it");
    }

    /// <summary>Waits until all is sent, for so long at the most, and for less once a signal came: one time for all of it, which leaves the node the rest of the goodbye.</summary>
    private async Task FlushAsync(TimeSpan patience)
    {
        using var enough = new CancellationTokenSource(patience, node.TimeProvider);
        using var hurry = signals.Token.UnsafeRegister(_ => enough.CancelAfter(FlushTime), null);
        try
        {
            await session.Direct.Outbox.FlushAsync().WaitAsync(enough.Token);
            while (!isAllSent())
                await Task.Delay(FlushPause, node.TimeProvider, enough.Token);
        }
        catch (OperationCanceledException)
        {
            // A peer that does not take what was sent is not waited for any longer.
        }
    }
}
