using System.Text;

namespace Libp2p.Interop.Tests.Nodes;

/// <summary>A message of the workshop's room, by hand: what a peer of 2020 must understand, and what it says (chat text, names, who is connected to whom).</summary>
/// <param name="Type">0 for a text, 1 for a name, 2 for statistics: field 1 of the request.</param>
/// <param name="Values">The byte strings of its part: a text and its id; a name; peers.</param>
sealed record WorkshopMessage(int Type, params string[] Values)
{
    /// <summary>The room.</summary>
    public const string Topic = "/libp2p/example/chat/1.0.0";

    public static WorkshopMessage Text(string text, string id) => new(0, text, id);

    public static WorkshopMessage Name(string name) => new(1, name);

    public static WorkshopMessage Stats(params string[] peers) => new(2, peers);

    /// <summary>As it travels: the type in field 1, the part in field 2, 3 or 4.</summary>
    public byte[] Encode()
    {
        byte[] part = Type switch
        {
            0 => [.. Field(1, Values[0]), 0x10, 0x01, .. Field(3, Values[1])],
            1 => Field(1, Values[0]),
            // The type of node: JavaScript of its time shows it.
            _ => [.. Values.SelectMany(peer => Field(1, peer)), 0x10, 0x01],
        };
        return [0x08, (byte)Type, .. Field(Type + 2, part)];
    }

    /// <summary>Reads one.</summary>
    public static WorkshopMessage Decode(ReadOnlyMemory<byte> bytes)
    {
        var request = Read(bytes).ToList();
        var type = (int)request.First(field => field.Number == 1).Value;
        var part = Read(request.First(field => field.Number == type + 2).Bytes).Where(field => !field.Bytes.IsEmpty);
        return new WorkshopMessage(type, [.. part.Select(field => Encoding.UTF8.GetString(field.Bytes.Span))]);
    }

    static byte[] Field(int number, string value) => Field(number, Encoding.UTF8.GetBytes(value));

    static byte[] Field(int number, byte[] value)
    {
        var length = new byte[Varint.MaxLength];
        return [(byte)((number << 3) | 2), .. length.AsSpan(0, Varint.Write(length, (ulong)value.Length)), .. value];
    }

    static IEnumerable<(int Number, ulong Value, ReadOnlyMemory<byte> Bytes)> Read(ReadOnlyMemory<byte> rest)
    {
        while (!rest.IsEmpty)
        {
            var tag = Take(ref rest);
            var value = Take(ref rest);
            if ((tag & 7) == 0)
            {
                yield return ((int)(tag >> 3), value, default);
                continue;
            }
            yield return ((int)(tag >> 3), 0, rest[..(int)value]);
            rest = rest[(int)value..];
        }
    }

    static ulong Take(ref ReadOnlyMemory<byte> rest)
    {
        Assert.Equal(VarintResult.Ok, Varint.TryRead(rest.Span, out var value, out var length));
        rest = rest[length..];
        return value;
    }
}
