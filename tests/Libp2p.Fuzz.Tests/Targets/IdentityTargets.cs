using System.Text;
using Libp2p.Tests.Identities;

namespace Libp2p.Fuzz.Tests.Targets;

/// <summary>Keys and what they sign. The keys are those of the specification, so that each run has the same seeds.</summary>
internal static class IdentityTargets
{
    public static FuzzTarget PeerIdBytes() => new(nameof(PeerIdBytes), [.. Identities().Select(i => i.PeerId.Bytes.ToArray())], input =>
    {
        if (!PeerId.TryDecode(input, out var peer))
            return false;
        FuzzViolation.Unless(peer.Span.SequenceEqual(input), "is not what it was read from");
        FuzzViolation.Unless(PeerId.TryParse(peer.ToString(), out var again) && again == peer, "does not read its own text");
        if (peer.TryGetPublicKey(out var key))
            FuzzViolation.Unless(PeerId.FromPublicKey(key) == peer, "holds a key that is not its own");
        return true;
    }) { Iterations = 100_000, MaxLength = 128 };

    public static FuzzTarget PeerIdText() => new(nameof(PeerIdText), [.. Identities().Select(i => Encoding.Latin1.GetBytes(i.PeerId.ToString()))], input =>
    {
        if (!PeerId.TryParse(Encoding.Latin1.GetString(input), out var peer))
            return false;
        FuzzViolation.Unless(PeerId.TryDecode(peer.Span, out var again) && again == peer, "does not read back its bytes");
        return true;
    });

    public static FuzzTarget KeyProtobuf() => new(nameof(KeyProtobuf), [.. Enum.GetValues<KeyType>().Select(t => KeyCodec.Encode(t, "any bytes"u8))], input =>
    {
        if (!KeyCodec.TryDecode(input, out var type, out var data, out var error))
        {
            FuzzViolation.Unless(error is not null, "refuses without a reason");
            return false;
        }
        FuzzViolation.Unless(KeyCodec.Encode(type, data).AsSpan().SequenceEqual(input), "takes a second encoding of one key");
        return true;
    });

    public static FuzzTarget PublicKeyBytes() => new(nameof(PublicKeyBytes), [.. Identities().Select(i => i.PublicKey.Encoded.ToArray())], input =>
    {
        if (!PublicKey.TryDecode(input, out var key, out var error))
        {
            FuzzViolation.Unless(error is not null, "refuses without a reason");
            return false;
        }
        FuzzViolation.Unless(key.Encoded.Span.SequenceEqual(input), "takes a second encoding of one key");
        FuzzViolation.Unless(!key.Verify("x"u8, input.AsSpan(0, Math.Min(64, input.Length))), "takes a signature that nobody made");
        return true;
    }) { Iterations = 20_000, MaxLength = 1024, FixedAllocation = 128 * 1024 };

    public static FuzzTarget PrivateKeyText() => new(nameof(PrivateKeyText), [.. Identities().Select(i => Encoding.Latin1.GetBytes(i.Export()))], input =>
    {
        if (!Identity.TryImport(Encoding.Latin1.GetString(input), out var identity, out var error))
        {
            FuzzViolation.Unless(error is not null, "refuses without a reason");
            return false;
        }
        using (identity)
        {
            FuzzViolation.Unless(Identity.TryImport(identity.Export(), out var again, out _) && again.PeerId == identity.PeerId, "does not read back what it writes");
            again.Dispose();
        }
        return true;
    }) { Iterations = 3_000, MaxLength = 4_000, FixedAllocation = 512 * 1024 };

    public static FuzzTarget EcdsaSignature() => new(
        nameof(EcdsaSignature),
        [EcdsaSignatureCodec.Encode(new byte[64]), EcdsaSignatureCodec.Encode([.. Enumerable.Repeat((byte)0xff, 64)]), EcdsaSignatureCodec.Encode([.. Enumerable.Range(0, 64).Select(i => (byte)i)])],
        input =>
        {
            Span<byte> scalars = stackalloc byte[EcdsaSignatureCodec.FixedLength];
            if (!EcdsaSignatureCodec.TryDecode(input, scalars))
                return false;
            FuzzViolation.Unless(EcdsaSignatureCodec.Encode(scalars).AsSpan().SequenceEqual(input), "takes a second encoding of one signature");
            return true;
        }) { MaxLength = 100 };

    public static FuzzTarget EnvelopeBytes() => new(
        nameof(EnvelopeBytes),
        [.. Identities().Where(SignsAlike).Select(i => SignedEnvelope.Seal(i, "fuzz", [1, 2], "payload"u8).Encode())],
        input =>
        {
            if (!SignedEnvelope.TryDecode(input, out var envelope, out var error))
            {
                FuzzViolation.Unless(error is not null, "refuses without a reason");
                return false;
            }
            var encoded = envelope.Encode();
            FuzzViolation.Unless(SignedEnvelope.TryDecode(encoded, out var again, out _) && again.Encode().AsSpan().SequenceEqual(encoded), "does not read back what it writes");
            return true;
        }) { Iterations = 20_000, MaxLength = 2048, FixedAllocation = 256 * 1024 };

    public static FuzzTarget PeerRecordBytes()
    {
        using var identity = Of(KeyType.Ed25519);
        Multiaddress[] addresses = [Multiaddress.Parse("/ip4/1.2.3.4/tcp/4001"), Multiaddress.Parse("/ip6/::1/udp/1/quic-v1")];
        return new(nameof(PeerRecordBytes), [new PeerRecord(identity.PeerId, 7, [.. addresses]).Encoded.ToArray(), new PeerRecord(identity.PeerId, ulong.MaxValue, []).Encoded.ToArray()], input =>
        {
            if (!PeerRecord.TryDecode(input, out var record, out var error))
            {
                FuzzViolation.Unless(error is not null, "refuses without a reason");
                return false;
            }
            FuzzViolation.Unless(
                PeerRecord.TryDecode(record.Encoded.Span, out var again, out _) && again.PeerId == record.PeerId && again.Sequence == record.Sequence,
                "does not read back what it writes");
            return true;
        }) { Iterations = 100_000 };
    }

    public static Identity Of(KeyType type) =>
        PrivateKey.TryDecode(Convert.FromHexString(KeyVectors.Pairs.Single(p => p.Type == type).PrivateKey), out var key, out var error)
            ? Identity.FromPrivateKey(key)
            : throw new InvalidOperationException(error);

    private static IEnumerable<Identity> Identities() => Enum.GetValues<KeyType>().Select(Of);

    /// <summary>True for the types whose signatures take no random number.</summary>
    private static bool SignsAlike(Identity identity) => identity.PublicKey.Type is KeyType.Ed25519 or KeyType.Rsa;
}
