using Libp2p;
using Libp2p.Protocols.Gossipsub;
using Libp2p.Protocols.Perf;
using Libp2p.Protocols.Ping;
using Tincan.Chat;
using Tincan.Chat.History;
using Tincan.Chat.Rooms;
using Tincan.Terminal;

namespace Tincan.Commands;

/// <summary>Puts a chat together from what the command line says, and runs it.</summary>
internal static class ChatRun
{
    /// <summary>Runs it.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(ChatSettings settings)
    {
        using var signals = new StopSignals();
        var network = await NodeSetup.LoadSwarmKeyAsync(settings.Listen.SwarmKey, signals.Token);
        using var held = settings.Folder?.Lock("tincan chat");
        var live = !settings.Json && !Console.IsInputRedirected && !Console.IsOutputRedirected;
        using var log = settings.OpenLog(live && !Console.IsErrorRedirected ? LogPath(settings.Folder) : null);
        using var identity = settings.Folder is { } folder ? await folder.LoadOrCreateIdentityAsync(signals.Token) : Identity.Generate();
        await using var history = ChatHistory.Open(HistoryOf(settings));
        var inbox = new DirectInbox();
        var (workshop, universal) = (new DirectChat(inbox), new UniversalDirect(inbox));
        var builder = NodeSetup.CreateListening(identity, log, network, settings.Listen).UseGater(settings.Gater)
            .AddPing().AddIdentify().AddKeepAlive().AddGossipsub().Add(_ => workshop).Add(_ => universal);
        if (settings.Folder is { } data)
            builder.UsePeerStore(data.OpenPeerStore);
        if (settings.Legacy)
            builder.UseLegacy();
        if (settings.ServePerf)
            builder.AddPerf(new PerfOptions { Serve = true });
        // Built before it is started: nothing that happens is missed.
        await using var node = builder.Build();
        var pubsub = node.Get<GossipsubService>();
        using var screen = live ? new TerminalScreen(new SystemTerminal()) : null;
        await using var output = new ChatOutput(screen is null ? PipeView(settings) : new TerminalView(screen));
        var rooms = new ChatRooms(node, pubsub, history) { TellsAll = !live };
        await using var session = new ChatSession(node, rooms, inbox, new DirectSender(workshop, universal), history, output);
        var commands = new ChatCommands(session, node.Get<PingService>(), () => GossipStandings.Of(pubsub));
        var chat = new RunningChat(settings, node, session, commands, output, () => GossipStandings.IsAllSent(pubsub), signals);
        return screen is null ? await chat.RunInPipeAsync() : await chat.RunLiveAsync(screen);
    }

    private static string LogPath(DataFolder? folder) => folder?.LogPath ?? Path.Combine(Path.GetTempPath(), $"tincan-{Environment.ProcessId}.log");

    private static IChatView PipeView(ChatSettings settings) => settings.Json ? new JsonView(Output.Open()) : new PlainView(Output.Open(), Output.OpenError());

    private static HistoryOptions HistoryOf(ChatSettings settings)
    {
        var defaults = settings.Folder is null ? HistoryOptions.InMemory : new HistoryOptions();
        return new HistoryOptions
        {
            Path = settings.Folder?.HistoryPath,
            MaxBytes = settings.HistoryBytes ?? defaults.MaxBytes,
            MaxAge = settings.HistoryAge,
        };
    }
}
