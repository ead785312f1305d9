using System.Text.Json;
using System.Text.Json.Nodes;
using Libp2p.Benchmarks.Macro.Processes;

namespace Libp2p.Benchmarks.Macro.Peer;

/// <summary>
/// This program as one node of a measurement, in a process of its own. It speaks as <c>interop/js-libp2p</c> does, so that one
/// driver measures both: commands as JSON lines on stdin, run side by side, events on stdout. It ends when its input does.
/// </summary>
internal static class PeerProgram
{
    private static readonly Lock Output = new();

    public static async Task<int> RunAsync(string[] args)
    {
        if (!TryRead(args, out var listen, out var stack))
        {
            await Console.Error.WriteLineAsync("peer: the flags are --listen, --security NAME, --muxer NAME, --pubsub NAME, --no-sign, --over SUFFIX, --swarm-key FILE.");
            return 2;
        }
        PeerNode.Stack = stack;
        await using var self = await PeerNode.StartAsync(listen);
        Emit("ready", new JsonObject
        {
            ["peer"] = self.Node.Identity.PeerId.ToString(),
            ["addrs"] = new JsonArray([.. self.Node.Addresses.Select(a => JsonValue.Create(a.ToString()))]),
            ["raw"] = self.Raw?.Port,
            ["pid"] = Environment.ProcessId,
        });
        var commands = new PeerCommands(self);
        List<Task> running = [];
        while (await Console.In.ReadLineAsync() is { } line)
        {
            running.RemoveAll(task => task.IsCompleted);
            running.Add(Task.Run(() => RunAsync(commands, line)));
        }
        return 0;
    }

    private static bool TryRead(string[] args, out bool listen, out Stack stack)
    {
        (listen, stack) = (false, new Stack());
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--listen")
                listen = true;
            else if (i + 1 < args.Length && args[i] == "--security")
                stack = stack with { Security = args[++i] };
            else if (i + 1 < args.Length && args[i] == "--muxer")
                stack = stack with { Muxer = args[++i] };
            else if (i + 1 < args.Length && args[i] == "--pubsub")
                stack = stack with { Pubsub = args[++i] };
            else if (i + 1 < args.Length && args[i] == "--over")
                stack = stack with { Over = args[++i] };
            else if (i + 1 < args.Length && args[i] == "--swarm-key")
                stack = stack with { SwarmKey = args[++i] };
            else if (args[i] == "--no-sign")
                stack = stack with { Signs = false };
            else
                return false;
        }
        return true;
    }

    /// <summary>Writes an event as one line.</summary>
    public static void Emit(string name, JsonObject fields)
    {
        fields.Insert(0, "event", name);
        var line = fields.ToJsonString();
        lock (Output)
            Console.Out.WriteLine(line);
    }

    private static async Task RunAsync(PeerCommands commands, string line)
    {
        long? id = null;
        try
        {
            using var json = JsonDocument.Parse(line);
            var command = new PeerCommand(json.RootElement.Clone());
            id = command.Id;
            var (name, fields) = await commands.RunAsync(command);
            fields["id"] = id;
            Emit(name, fields);
        }
        catch (Exception error)
        {
            // A failure is the command's answer; the driver ends the measurement with it.
            Emit("error", new JsonObject { ["id"] = id, ["name"] = error.GetType().Name, ["message"] = error.ToString() });
        }
    }
}
