using System.Threading.Channels;
using Libp2p;
using Libp2p.Protocols.Perf;
using Libp2p.Protocols.Ping;
using Libp2p.Reconnection;
using Tincan.Chat;
using Tincan.Terminal;

namespace Tincan.Commands;

/// <summary>A chat from its start to its goodbye.</summary>
internal static class ChatRun
{
    /// <summary>How long what is being sent may take once the chat ends: a quarter of the goodbye.</summary>
    private static readonly TimeSpan FlushTime = StopSignals.Patience / 4;

    /// <summary>Runs it.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(ChatSettings settings)
    {
        using var signals = new StopSignals();
        using var held = settings.Folder?.Lock("tincan chat");
        var live = !settings.Json && !Console.IsInputRedirected && !Console.IsOutputRedirected;
        using var log = settings.OpenLog(live && !Console.IsErrorRedirected ? LogPath(settings.Folder) : null);
        using var identity = settings.Folder is { } folder ? await folder.LoadOrCreateIdentityAsync(signals.Token) : Identity.Generate();
        var chat = new DirectChat();
        var builder = NodeSetup.Create(identity, log).UseGater(settings.Gater).AddPing().AddIdentify().AddKeepAlive().Add(_ => chat).ListenOn(settings.Listen);
        if (settings.Legacy)
            builder.UseLegacy();
        if (settings.ServePerf)
            builder.AddPerf(new PerfOptions { Serve = true });
        // Built before it is started: nothing that happens is missed.
        await using var node = builder.Build();
        return live
            ? await RunLiveAsync(settings, node, chat, signals)
            : await RunInPipeAsync(settings, node, chat, signals);
    }

    private static string LogPath(DataFolder? folder) => folder?.LogPath ?? Path.Combine(Path.GetTempPath(), $"tincan-{Environment.ProcessId}.log");

    private static async Task<int> RunInPipeAsync(ChatSettings settings, Libp2pNode node, DirectChat chat, StopSignals signals)
    {
        await using var output = new ChatOutput(settings.Json ? new JsonView(Output.Open()) : new PlainView(Output.Open(), Output.OpenError()));
        await using var session = new ChatSession(node, chat, output);
        var commands = new ChatCommands(session, node.Get<PingService>());
        await StartAsync(settings, node, session, signals.Token);
        using var either = StopWhenUnseen(output, signals.Token);
        // All of them before the first line: a script's first message finds those it was meant for.
        var reached = await DialAsync(settings, node, commands, either.Token);
        await ReadAsync(PipeInput.Start(Console.OpenStandardInput()), commands, session, either.Token);
        await EndAsync(node, session, output);
        return reached || signals.Received ? ExitCodes.Success : ExitCodes.Failure;
    }

    private static async Task<int> RunLiveAsync(ChatSettings settings, Libp2pNode node, DirectChat chat, StopSignals signals)
    {
        using var screen = new TerminalScreen(Console.Out);
        await using var output = new ChatOutput(new TerminalView(screen));
        await using var session = new ChatSession(node, chat, output);
        var commands = new ChatCommands(session, node.Get<PingService>());
        await StartAsync(settings, node, session, signals.Token);
        using var either = StopWhenUnseen(output, signals.Token);
        var dialling = DialAsync(settings, node, commands, either.Token);
        await ReadAsync(screen.Start(), commands, session, either.Token);
        await either.CancelAsync();
        await dialling;
        await EndAsync(node, session, output);
        return ExitCodes.Success;
    }

    private static async Task StartAsync(ChatSettings settings, Libp2pNode node, ChatSession session, CancellationToken cancellationToken)
    {
        session.Start();
        await node.StartAsync(cancellationToken);
        await session.TellAsync(ChatCommands.Ready(node));
        if (settings.Name is { } name)
            await session.TellAsync(new NameEvent(node.Identity.PeerId.ToString(), name));
    }

    /// <summary>Connects to whom the command line names, and keeps them connected from then on.</summary>
    /// <returns>Whether all were reached.</returns>
    private static async Task<bool> DialAsync(ChatSettings settings, Libp2pNode node, ChatCommands commands, CancellationToken cancellationToken)
    {
        try
        {
            return !(await Task.WhenAll(settings.Dial.Select(a => KeepAsync(node, commands, a, cancellationToken)))).Contains(false);
        }
        catch (OperationCanceledException)
        {
            // The chat ends before they were reached.
            return false;
        }
    }

    private static async Task<bool> KeepAsync(Libp2pNode node, ChatCommands commands, Multiaddress address, CancellationToken cancellationToken)
    {
        var reached = await commands.DialAsync(address, cancellationToken);
        // One that was not reached may yet come; where no peer is named, it is whoever answered.
        if ((address.PeerId ?? node.Connections.FirstOrDefault(c => c.RemoteAddress == address)?.RemotePeer) is { } peer)
            await node.Get<KeepAliveService>().AddAsync(peer, [address], cancellationToken);
        return reached;
    }

    private static CancellationTokenSource StopWhenUnseen(ChatOutput output, CancellationToken stop)
    {
        var either = CancellationTokenSource.CreateLinkedTokenSource(stop);
        _ = output.Completion.ContinueWith(
            _ => either.CancelAsync(), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return either;
    }

    private static async Task ReadAsync(ChannelReader<string> input, ChatCommands commands, ChatSession session, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var line in input.ReadAllAsync(cancellationToken))
            {
                if (!await commands.ExecuteAsync(line, cancellationToken))
                    break;
            }
            await session.Outbox.FlushAsync().WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // A signal, or nobody sees the chat any more: what follows is the goodbye.
        }
    }

    private static async Task EndAsync(Libp2pNode node, ChatSession session, ChatOutput output)
    {
        try
        {
            await session.Outbox.FlushAsync().WaitAsync(FlushTime, node.TimeProvider);
        }
        catch (TimeoutException)
        {
            // A peer that does not take what was sent is not waited for any longer.
        }
        await session.DisposeAsync();
        await node.DisposeAsync();
        await output.DisposeAsync();
        if (output.Completion.Exception?.InnerException is IOException e)
            throw new CommandException($"standard output cannot be written ({FailureLine.Of(e).What})", "the chat needs somewhere to be seen: check what reads it");
    }
}
