using System.Text.Json;

namespace Libp2p.Interop.Tests.Peers;

/// <summary>One event of a peer: a line of JSON with the name of what happened and its fields.</summary>
public sealed class PeerEvent
{
    PeerEvent(string name, JsonElement json)
    {
        Name = name;
        Json = json;
    }

    /// <summary>What happened.</summary>
    public string Name { get; }

    /// <summary>The whole line.</summary>
    public JsonElement Json { get; }

    /// <summary>The number of the command that the event answers; null where nobody asked.</summary>
    public long? Id => Json.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.Number ? id.GetInt64() : null;

    /// <summary>A text field.</summary>
    public string Text(string field) => Field(field).GetString() ?? throw Missing(field);

    /// <summary>A text field, or null where the event has none.</summary>
    public string? TextOrNull(string field) => Json.TryGetProperty(field, out var value) ? value.GetString() : null;

    /// <summary>A whole number.</summary>
    public long Number(string field) => Field(field).GetInt64();

    /// <summary>A number with a fraction.</summary>
    public double Real(string field) => Field(field).GetDouble();

    /// <summary>A yes or no.</summary>
    public bool Flag(string field) => Field(field).GetBoolean();

    /// <summary>A list of texts.</summary>
    public IReadOnlyList<string> Texts(string field) => [.. Field(field).EnumerateArray().Select(item => item.GetString() ?? "")];

    /// <inheritdoc/>
    public override string ToString() => Json.GetRawText();

    /// <summary>Reads a line; null where it is no event.</summary>
    internal static PeerEvent? Parse(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var json = document.RootElement.Clone();
            return json.ValueKind == JsonValueKind.Object && json.TryGetProperty("event", out var name) && name.GetString() is { } text
                ? new PeerEvent(text, json)
                : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    JsonElement Field(string field) => Json.TryGetProperty(field, out var value) ? value : throw Missing(field);

    InvalidOperationException Missing(string field) => new($"the event has no {field}: {this}");
}
