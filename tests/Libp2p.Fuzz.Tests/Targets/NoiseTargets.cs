using System.Buffers;
using Libp2p.Security.Noise;

namespace Libp2p.Fuzz.Tests.Targets;

internal static class NoiseTargets
{
    public static FuzzTarget Payload() => new(
        nameof(Payload),
        [
            NoisePayloadCodec.Encode(new NoisePayload { IdentityKey = new byte[36], IdentitySignature = new byte[64], StreamMuxers = ["/yamux/1.0.0", "/mplex/6.7.0"] }),
            NoisePayloadCodec.Encode(new NoisePayload { IdentityKey = new byte[1], WebTransportCertificateHashes = [new byte[34]] }),
        ],
        input =>
        {
            if (!NoisePayloadCodec.TryDecode(input, out var payload, out var error))
            {
                FuzzViolation.Unless(!string.IsNullOrEmpty(error), "refuses without a reason");
                return false;
            }
            FuzzViolation.Unless(payload.StreamMuxers.Count <= NoisePayloadCodec.MaxStreamMuxers, "takes more muxers than its bound");
            FuzzViolation.Unless(payload.WebTransportCertificateHashes.Count <= NoisePayloadCodec.MaxCertificateHashes, "takes more hashes than its bound");
            var encoded = NoisePayloadCodec.Encode(payload);
            FuzzViolation.Unless(
                NoisePayloadCodec.TryDecode(encoded, out var again, out _) && NoisePayloadCodec.Encode(again).AsSpan().SequenceEqual(encoded),
                "does not read back what it writes");
            return true;
        }) { AllocationPerByte = 256 };

    public static FuzzTarget Frames() => new(nameof(Frames), [[0, 0], [0, 3, 1, 2, 3], [0, 16, .. new byte[16], 0, 1, 9]], input =>
    {
        var buffer = Pieces.Of(input);
        var any = false;
        while (NoiseFrame.TryReadWhole(buffer, out var length))
        {
            any = true;
            FuzzViolation.Unless(length <= NoiseFrame.MaxLength && buffer.Length >= NoiseFrame.HeaderLength + length, "gives a frame that is not all there");
            var header = new byte[NoiseFrame.HeaderLength];
            NoiseFrame.WriteLength(header, length);
            FuzzViolation.Unless(buffer.Slice(0, NoiseFrame.HeaderLength).ToArray().AsSpan().SequenceEqual(header), "does not write what it read");
            buffer = buffer.Slice(NoiseFrame.HeaderLength + length);
        }
        return any;
    }) { Iterations = 300_000 };

    /// <summary>A listener's handshake that is sent anything at all for its first message and its last.</summary>
    public static FuzzTarget Handshake()
    {
        var listener = KeyPair(1);
        var ephemeral = KeyPair(2);
        using var dialer = KeyPair(3);
        return new(nameof(Handshake), [[.. dialer.Public], [.. dialer.Public, .. new byte[80]]], input =>
        {
            using var machine = new NoiseHandshakeMachine(Role.Listener, listener, ephemeral, []);
            var payload = new byte[Math.Max(0, input.Length - machine.Overhead)];
            if (machine.Read(input, payload) != NoiseRefusal.None)
                return false;
            var answer = new byte[machine.Overhead];
            if (machine.Write([], answer) != NoiseRefusal.None)
                return false;
            var last = new byte[Math.Max(0, input.Length - machine.Overhead)];
            FuzzViolation.Unless(machine.Read(input, last) is NoiseRefusal.TooShort or NoiseRefusal.BadTag or NoiseRefusal.WeakKey, "takes a message that nobody sealed");
            FuzzViolation.Unless(!machine.IsFinished, "is finished without a proof");
            return true;
        }) { Iterations = 8_000, FixedAllocation = 64 * 1024 };
    }

    private static NoiseKeyPair KeyPair(byte of) => new([.. Enumerable.Repeat(of, X25519.KeyLength)]);
}
