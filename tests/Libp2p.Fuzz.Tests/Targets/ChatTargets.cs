using System.Text;
using Tincan.Chat;
using Tincan.Chat.Rooms;

namespace Libp2p.Fuzz.Tests.Targets;

/// <summary>What the chat reads: the messages of rooms, and direct ones.</summary>
internal static class ChatTargets
{
    public static FuzzTarget WorkshopMessages()
    {
        using var identity = IdentityTargets.Of(KeyType.Ed25519);
        byte[][] seeds =
        [
            WorkshopCodec.EncodeText("hello, Grüße", "an id", 1_700_000_000_000), WorkshopCodec.EncodeName("Ada"), WorkshopCodec.EncodeStats([identity.PeerId, identity.PeerId]),
        ];
        return new(nameof(WorkshopMessages), seeds, input =>
        {
            if (!WorkshopCodec.TryRead(input, out var payload))
                return false;
            switch (payload)
            {
                case TextPayload text:
                    FuzzViolation.Unless(text.Text.Length is > 0 and <= ChatLimits.MaxTextBytes, "takes a text beyond its bounds");
                    FuzzViolation.Unless(IsReadBack(WorkshopCodec.EncodeText(text.Text, text.Id ?? "x", text.Created ?? 0), p => p is TextPayload again && again.Text == text.Text), "does not read the text that it writes");
                    break;
                case NamePayload name:
                    FuzzViolation.Unless(name.Name.Length <= ChatLimits.MaxNameBytes, "takes a name beyond its bound");
                    break;
                case StatsPayload stats:
                    FuzzViolation.Unless(stats.Peers.Count <= WorkshopCodec.MaxPeers && stats.Peers.All(p => PeerId.TryParse(p, out _)), "takes peers that are none, or too many");
                    break;
            }
            return true;
        })
        { Iterations = 150_000, FixedAllocation = 32 * 1024 };

        static bool IsReadBack(byte[] bytes, Func<RoomPayload, bool> isSame) =>
            // Bad bytes became U+FFFD, which is longer: the text may be too long by now.
            bytes.Length > ChatLimits.MaxTextBytes || (WorkshopCodec.TryRead(bytes, out var payload) && isSame(payload));
    }

    public static FuzzTarget UniversalMessages() => new(
        nameof(UniversalMessages), [UniversalCodec.EncodeRequest("hello, Grüße", 1_700_000_000_000), UniversalCodec.EncodeResponse(null, 1), UniversalCodec.EncodeResponse("too long", 1)], input =>
    {
        var isRequest = UniversalCodec.TryReadRequest(input, out var text);
        FuzzViolation.Unless(!isRequest || Encoding.UTF8.GetByteCount(text!) is > 0 and <= ChatLimits.MaxDirectBytes, "takes a text beyond its bounds");
        FuzzViolation.Unless(!isRequest || (UniversalCodec.TryReadRequest(UniversalCodec.EncodeRequest(text!, 1), out var again) && again == text), "does not read the text that it writes");
        var isResponse = UniversalCodec.TryReadResponse(input, out var refusal);
        if (isResponse && refusal is not null)
            FuzzViolation.Unless(UniversalCodec.TryReadResponse(UniversalCodec.EncodeResponse(refusal, 1), out var once) && once == refusal, "does not read the refusal that it writes");
        return isRequest || isResponse;
    })
    { Iterations = 150_000, FixedAllocation = 32 * 1024 };

    public static FuzzTarget CutTexts() => new(nameof(CutTexts), ["hello"u8.ToArray(), "Grüße, 世界 🌍"u8.ToArray(), [0xf0, 0x9f, 0x8c, 0x8d]], input =>
    {
        for (var most = 0; most <= input.Length; most++)
        {
            var text = ChatText.Cut(input, most);
            FuzzViolation.Unless(text.Length <= most, "cuts to more than it may");
            // Of valid text what is left is valid, too.
            FuzzViolation.Unless(!System.Text.Unicode.Utf8.IsValid(input) || Encoding.UTF8.GetString(input).StartsWith(text, StringComparison.Ordinal), "cuts within a character");
        }
        return System.Text.Unicode.Utf8.IsValid(input);
    })
    { Iterations = 60_000, MaxLength = 64, AllocationPerByte = 1024 };
}
