using System.Buffers;
using System.Text;
using Google.Protobuf;
using Libp2p.Negotiation;
using Libp2p.Protocols.Identify;
using Libp2p.Protocols.Identify.Wire;

namespace Libp2p.Fuzz.Tests.Targets;

/// <summary>What the negotiation and the control protocols read.</summary>
internal static class MessageTargets
{
    private static readonly IdentifyOptions Bounds = new() { MaxAddresses = 5, MaxProtocols = 6 };

    public static FuzzTarget LengthPrefix() => new(nameof(LengthPrefix), [Prefixed("a"u8), Prefixed(new byte[200]), Prefixed([])], input =>
    {
        const int Max = 300;
        var buffer = Pieces.Of(input);
        var any = false;
        while (LengthPrefixed.TryRead(ref buffer, Max, out var message) == LengthPrefixedResult.Ok)
        {
            any = true;
            FuzzViolation.Unless(message.Length <= Max, "gives a message beyond its bound");
            var taken = input.Length - buffer.Length;
            var written = Prefixed(message.ToArray());
            FuzzViolation.Unless(input.AsSpan((int)taken - written.Length, written.Length).SequenceEqual(written), "does not write what it read");
        }
        return any;
    })
    { Iterations = 150_000, MaxLength = 1024, AllocationPerByte = 1024 };

    public static FuzzTarget MultistreamMessages() => new(
        nameof(MultistreamMessages),
        [Said(MultistreamCodec.Header.Utf8.Span, "/noise"u8), Said(MultistreamCodec.NotAvailable), Said(MultistreamCodec.List), Listed("/a", "/b/1.0.0"), Said(new byte[500])],
        input =>
        {
            var buffer = Pieces.Of(input);
            var any = false;
            while (true)
            {
                var before = buffer.Length;
                var result = MultistreamCodec.TryRead(ref buffer, out var message);
                if (result != MultistreamRead.Message)
                {
                    FuzzViolation.Unless(buffer.Length == before, "consumes what it does not read");
                    return any;
                }
                any = true;
                FuzzViolation.Unless(message.Length < MultistreamCodec.MaxMessage, "gives a message beyond its bound");
                FuzzViolation.Unless(Said(message.ToArray()).AsSpan().SequenceEqual(input.AsSpan((int)(input.Length - before), (int)(before - buffer.Length))), "does not write what it read");
                FuzzViolation.Unless(MultistreamCodec.ReadList(message).All(protocol => !protocol.IsEmpty), "lists a protocol without a name");
                FuzzViolation.Unless(!MultistreamCodec.Describe(message).Any(char.IsControl), "describes a message by its control characters");
            }
        })
    { MaxLength = 1500, AllocationPerByte = 1024 };

    public static FuzzTarget ProtocolName() => new(nameof(ProtocolName), [[.. "/ipfs/id/1.0.0"u8], [.. "/é/1"u8]], input =>
    {
        if (!ProtocolId.TryDecode(input, out var protocol))
            return false;
        FuzzViolation.Unless(protocol.Utf8.Span.SequenceEqual(input) && protocol == new ProtocolId(Encoding.UTF8.GetString(input)), "is not what it was read from");
        return true;
    });

    public static FuzzTarget IdentifyParts()
    {
        using var identity = IdentityTargets.Of(KeyType.Ed25519);
        var peer = identity.PeerId;
        var whole = new IdentifyMessage
        {
            AgentVersion = ByteString.CopyFromUtf8("fuzz/1"),
            ProtocolVersion = ByteString.CopyFromUtf8("ipfs/0.1.0"),
            PublicKey = ByteString.CopyFrom(identity.PublicKey.Encoded.Span),
            ObservedAddr = ByteString.CopyFrom(Multiaddress.Parse("/ip4/9.9.9.9/tcp/9").Bytes.Span),
        };
        whole.ListenAddrs.Add(ByteString.CopyFrom(Multiaddress.Parse("/ip4/1.2.3.4/tcp/4001").Bytes.Span));
        whole.Protocols.Add(ByteString.CopyFromUtf8("/ipfs/ping/1.0.0"));
        return new(nameof(IdentifyParts), [whole.ToByteArray(), IdentifyCodec.EncodeObserved(Multiaddress.Parse("/memory/1"))], input =>
        {
            var message = new IdentifyMessage();
            for (var part = 0; part < 2; part++)
            {
                if (!IdentifyCodec.TryMerge(message, input, Bounds, out var error))
                {
                    FuzzViolation.Unless(!string.IsNullOrEmpty(error), "refuses without a reason");
                    return false;
                }
            }
            var claims = IdentifyCodec.Read(message, peer);
            FuzzViolation.Unless((claims.ListenAddresses?.Count ?? 0) <= Bounds.MaxAddresses, "takes more addresses than its bound");
            FuzzViolation.Unless((claims.Protocols?.Count ?? 0) <= Bounds.MaxProtocols, "takes more protocols than its bound");
            FuzzViolation.Unless(claims.ListenAddresses?.All(a => a.PeerId is not { } named || named == peer) != false, "takes an address of another peer");
            var again = new IdentifyMessage();
            FuzzViolation.Unless(IdentifyCodec.TryMerge(again, message.ToByteArray(), Bounds, out _) && again.Equals(message), "does not read back what it writes");
            return true;
        })
        { Iterations = 100_000, AllocationPerByte = 512 };
    }

    private static byte[] Prefixed(ReadOnlySpan<byte> message)
    {
        var output = new ArrayBufferWriter<byte>();
        LengthPrefixed.Write(output, message);
        return output.WrittenSpan.ToArray();
    }

    private static byte[] Said(params ReadOnlySpan<byte> text)
    {
        var output = new ArrayBufferWriter<byte>();
        MultistreamCodec.Write(output, text);
        return output.WrittenSpan.ToArray();
    }

    private static byte[] Said(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => [.. Said(first), .. Said(second)];

    private static byte[] Listed(params ProtocolId[] protocols)
    {
        var output = new ArrayBufferWriter<byte>();
        MultistreamCodec.WriteList(output, protocols);
        return output.WrittenSpan.ToArray();
    }
}
