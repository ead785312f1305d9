using System.Text.Json;

namespace Libp2p.Benchmarks.Macro.Peer;

/// <summary>One line of input: what to do, and with what.</summary>
internal sealed class PeerCommand(JsonElement json)
{
    public long? Id => json.TryGetProperty("id", out var id) ? id.GetInt64() : null;

    public string Name => Text("cmd");

    public string Text(string field) => json.TryGetProperty(field, out var value) && value.GetString() is { } text
        ? text
        : throw new FormatException($"the command has no {field}");

    public long Number(string field, long otherwise) => json.TryGetProperty(field, out var value) ? value.GetInt64() : otherwise;

    public double Real(string field, double otherwise) => json.TryGetProperty(field, out var value) ? value.GetDouble() : otherwise;

    public bool Flag(string field) => json.TryGetProperty(field, out var value) && value.GetBoolean();
}
