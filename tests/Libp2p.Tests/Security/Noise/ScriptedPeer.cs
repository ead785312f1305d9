using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using Libp2p.Security.Noise;

namespace Libp2p.Tests.Security.Noise;

/// <summary>The other side of a noise link, played by hand: it says what a test wants it to say, right or wrong.</summary>
internal sealed class ScriptedPeer : IDisposable
{
    private readonly Link _link;
    private readonly NoiseKeyPair _ephemeral = NoiseKeyPair.Generate();

    public ScriptedPeer(Link link, Role role, byte[]? prologue = null)
    {
        _link = link;
        Machine = new NoiseHandshakeMachine(role, Static, _ephemeral, prologue ?? []);
    }

    public NoiseKeyPair Static { get; } = NoiseKeyPair.Generate();

    public NoiseHandshakeMachine Machine { get; }

    /// <summary>What an honest peer says about itself.</summary>
    public NoisePayload Honest(Identity identity, params ProtocolId[] muxers) => new()
    {
        IdentityKey = identity.PublicKey.Encoded,
        IdentitySignature = identity.Sign(NoiseStaticKey.SignedBytes(Static.Public)),
        StreamMuxers = muxers,
    };

    /// <summary>Sends the next handshake message.</summary>
    public async Task SayAsync(byte[] payload)
    {
        var message = new byte[Machine.Overhead + payload.Length];
        Assert.Equal(NoiseRefusal.None, Machine.Write(payload, message));
        await SendFrameAsync(message);
    }

    public Task SayAsync(NoisePayload payload) => SayAsync(NoisePayloadCodec.Encode(payload));

    /// <summary>Takes the next handshake message; its payload.</summary>
    public async Task<byte[]> HearAsync()
    {
        var message = await ReceiveFrameAsync();
        var payload = new byte[message.Length - Machine.Overhead];
        Assert.Equal(NoiseRefusal.None, Machine.Read(message, payload));
        return payload;
    }

    public async Task<NoisePayload> HearPayloadAsync()
    {
        Assert.True(NoisePayloadCodec.TryDecode(await HearAsync(), out var payload, out var error), error);
        return payload;
    }

    public async Task SendFrameAsync(byte[] message) => await _link.Output.WriteAsync(Framed(message));

    public async Task<byte[]> ReceiveFrameAsync()
    {
        var head = await _link.Input.ReadAtLeastAsync(2);
        Assert.True(head.Buffer.Length >= 2, "The other side ended.");
        Assert.True(NoiseFrame.TryReadLength(head.Buffer, out var length));
        _link.Input.AdvanceTo(head.Buffer.Start);
        var all = await _link.Input.ReadAtLeastAsync(2 + length);
        var frame = new byte[length];
        all.Buffer.Slice(2, length).CopyTo(frame);
        _link.Input.AdvanceTo(all.Buffer.GetPosition(2 + length));
        return frame;
    }

    public static byte[] Framed(byte[] message)
    {
        var frame = new byte[2 + message.Length];
        BinaryPrimitives.WriteUInt16BigEndian(frame, (ushort)message.Length);
        message.CopyTo(frame, 2);
        return frame;
    }

    public void Dispose()
    {
        Machine.Dispose();
        _ephemeral.Dispose();
        Static.Dispose();
    }
}
