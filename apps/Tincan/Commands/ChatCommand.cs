using System.CommandLine;
using Libp2p;
using Tincan.Chat.Rooms;

namespace Tincan.Commands;

/// <summary><c>tincan chat</c>, and <c>tincan</c> alone.</summary>
internal static class ChatCommand
{
    private const long MinHistoryBytes = 1 << 20;
    private const int MaxHistoryDays = 100_000;

    /// <summary>Builds it.</summary>
    public static Command Create()
    {
        var command = new Command("chat", "Chat: a live view on a terminal, lines or JSON in a pipe");
        Attach(command);
        return command;
    }

    /// <summary>Makes a command the chat.</summary>
    public static void Attach(Command command)
    {
        var listen = new ListenOptions();
        var dial = new Option<string[]>("--dial") { Description = "Connect to this peer (again for more)", HelpName = "address", Arity = ArgumentArity.OneOrMore };
        var deny = CommonOptions.Deny();
        var allow = CommonOptions.Allow();
        var room = new Option<string[]>("--room") { Description = "Join this room (again for more). Default: the workshop's, /libp2p/example/chat/1.0.0", HelpName = "room", Arity = ArgumentArity.OneOrMore };
        var name = new Option<string>("--name") { Description = "What you are called", HelpName = "name" };
        var data = CommonOptions.Data();
        var size = new Option<string>("--history-size") { Description = "Keep so much of what was said, the latest of it. Default: 1GiB", HelpName = "size" };
        var days = new Option<int?>("--history-days") { Description = "Keep what was said for so many days. Default: as long as there is room", HelpName = "days" };
        var guest = new Option<bool>("--guest") { Description = "An identity for this run alone, kept nowhere: so two chats run on one machine" };
        var legacy = new Option<bool>("--legacy") { Description = "Also speak what peers of 2020 need: mplex and SECIO" };
        var json = CommonOptions.Json();
        var perf = new Option<bool>("--perf") { Description = "Let peers measure throughput against this chat" };
        var verbose = CommonOptions.Verbose();
        var log = CommonOptions.Log();
        foreach (var option in (ReadOnlySpan<Option>)[.. listen.All, dial, deny, allow, room, name, data, size, days, guest, legacy, json, perf, verbose, log])
            command.Options.Add(option);
        command.SetAction((result, _) =>
        {
            if (result.GetValue(guest) && result.GetValue(data) is not null)
                throw new CommandException("--guest keeps nothing, and --data says where to", "give one of them", ExitCodes.Usage);
            var settings = new ChatSettings
            {
                Listen = listen.Read(result),
                Dial = NodeSetup.ParseAddresses(result.GetValue(dial)),
                Gater = NodeSetup.ParseGater(result.GetValue(deny), result.GetValue(allow)),
                Name = result.GetValue(name) is { } text ? Chat.ChatCommands.CheckName(text) : null,
                Rooms = result.GetValue(room) is { Length: > 0 } rooms ? [.. rooms.Select(RoomName.Parse)] : [RoomName.Workshop],
                HistoryBytes = ParseSize(result.GetValue(size)),
                HistoryAge = ParseDays(result.GetValue(days)),
                Folder = result.GetValue(guest) ? null : DataFolder.At(result.GetValue(data)),
                Legacy = result.GetValue(legacy),
                Json = result.GetValue(json),
                ServePerf = result.GetValue(perf),
                OpenLog = otherwise => LogSetup.Open(result, verbose, log, otherwise),
            };
            settings.Listen.CheckCertificate(TimeProvider.System);
            return ChatRun.RunAsync(settings);
        });
    }

    private static long? ParseSize(string? text)
    {
        if (text is null)
            return null;
        return ByteSize.TryParse(text, out var bytes) && bytes >= MinHistoryBytes
            ? bytes
            : throw new CommandException($"--history-size {PrintableText.Escape(text)} is no size of at least {ByteSize.Format(MinHistoryBytes)}", "write it as in --history-size 200MiB", ExitCodes.Usage);
    }

    private static TimeSpan? ParseDays(int? days) => days switch
    {
        null => null,
        > 0 and <= MaxHistoryDays => TimeSpan.FromDays(days.Value),
        _ => throw new CommandException($"--history-days takes a number from 1 to {MaxHistoryDays}", "write it as in --history-days 30", ExitCodes.Usage),
    };
}

/// <summary>What the command line says of a chat.</summary>
internal sealed class ChatSettings
{
    /// <summary>Where it is reached.</summary>
    public required ListenSettings Listen { get; init; }

    /// <summary>Whom to connect to at first.</summary>
    public required IReadOnlyList<Multiaddress> Dial { get; init; }

    /// <summary>Who may connect.</summary>
    public required IConnectionGater Gater { get; init; }

    /// <summary>The rooms to join; the first is in view.</summary>
    public required IReadOnlyList<RoomName> Rooms { get; init; }

    /// <summary>Bytes of history that are kept; null for the default.</summary>
    public long? HistoryBytes { get; init; }

    /// <summary>How long history is kept; null for as long as there is room.</summary>
    public TimeSpan? HistoryAge { get; init; }

    /// <summary>What the person is called.</summary>
    public string? Name { get; init; }

    /// <summary>Where the identity is kept; null for a guest, who has one for this run alone.</summary>
    public DataFolder? Folder { get; init; }

    /// <summary>Whether the protocols of 2020 are spoken, too.</summary>
    public bool Legacy { get; init; }

    /// <summary>Whether a program drives the chat.</summary>
    public bool Json { get; init; }

    /// <summary>Whether peers may measure against it.</summary>
    public bool ServePerf { get; init; }

    /// <summary>Opens the log, in the file given where standard error is not to be written to; null where nothing is logged.</summary>
    public required Func<string?, LineLog?> OpenLog { get; init; }
}
