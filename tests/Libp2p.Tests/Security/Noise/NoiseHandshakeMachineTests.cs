using System.Text.Json;
using Libp2p.Security.Noise;

namespace Libp2p.Tests.Security.Noise;

public sealed class NoiseHandshakeMachineTests
{
    private static readonly byte[] Empty = [];

    public static TheoryData<string> Suites => ["cacophony", "snow"];

    [Theory]
    [MemberData(nameof(Suites))]
    public void Published_handshakes_come_out_byte_for_byte(string suite)
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "vectors", "noise", "Noise_XX_25519_ChaChaPoly_SHA256.json")));
        var cases = 0;
        foreach (var vector in file.RootElement.GetProperty(suite).EnumerateArray())
        {
            cases++;
            byte[] Bytes(string name) => Convert.FromHexString(vector.GetProperty(name).GetString()!);
            using var initiatorStatic = new NoiseKeyPair(Bytes("init_static"));
            using var initiatorEphemeral = new NoiseKeyPair(Bytes("init_ephemeral"));
            using var responderStatic = new NoiseKeyPair(Bytes("resp_static"));
            using var responderEphemeral = new NoiseKeyPair(Bytes("resp_ephemeral"));
            using var initiator = new NoiseHandshakeMachine(Role.Dialer, initiatorStatic, initiatorEphemeral, Bytes("init_prologue"));
            using var responder = new NoiseHandshakeMachine(Role.Listener, responderStatic, responderEphemeral, Bytes("resp_prologue"));
            var messages = vector.GetProperty("messages").EnumerateArray()
                .Select(m => (Payload: Convert.FromHexString(m.GetProperty("payload").GetString()!), Ciphertext: Convert.FromHexString(m.GetProperty("ciphertext").GetString()!)))
                .ToArray();
            Assert.True(messages.Length > 4);
            for (var i = 0; i < 3; i++)
            {
                var (writer, reader) = i == 1 ? (responder, initiator) : (initiator, responder);
                Assert.True(writer.IsOurTurn);
                Assert.False(reader.IsOurTurn);
                var written = new byte[writer.Overhead + messages[i].Payload.Length];
                Assert.Equal(NoiseRefusal.None, writer.Write(messages[i].Payload, written));
                Assert.Equal(messages[i].Ciphertext, written);
                var payload = new byte[written.Length - reader.Overhead];
                Assert.Equal(NoiseRefusal.None, reader.Read(written, payload));
                Assert.Equal(messages[i].Payload, payload);
            }

            Assert.True(initiator.IsFinished);
            Assert.True(responder.IsFinished);
            Assert.Equal(initiatorStatic.Public, responder.RemoteStatic);
            Assert.Equal(responderStatic.Public, initiator.RemoteStatic);
            Assert.Equal(initiator.HandshakeHash, responder.HandshakeHash);
            if (vector.TryGetProperty("handshake_hash", out var hash))
                Assert.Equal(Convert.FromHexString(hash.GetString()!), initiator.HandshakeHash);

            var ofInitiator = initiator.Split();
            var ofResponder = responder.Split();
            for (var i = 3; i < messages.Length; i++)
            {
                var (sending, receiving) = i % 2 == 0 ? (ofInitiator.Sending, ofResponder.Receiving) : (ofResponder.Sending, ofInitiator.Receiving);
                var written = new byte[messages[i].Payload.Length + NoiseCipher.TagLength];
                sending.Seal(messages[i].Payload, written);
                Assert.Equal(messages[i].Ciphertext, written);
                var payload = new byte[messages[i].Payload.Length];
                Assert.True(receiving.TryOpen(written, payload));
                Assert.Equal(messages[i].Payload, payload);
            }
        }
        Assert.True(cases > 0);
    }

    [Fact]
    public void Differing_prologues_are_refused()
    {
        using var pair = new Machines("one"u8.ToArray(), "two"u8.ToArray());
        Assert.Equal(NoiseRefusal.None, pair.Pass(0));
        Assert.Equal(NoiseRefusal.BadTag, pair.Pass(1));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_change_of_any_byte_is_refused(int changedMessage)
    {
        int length;
        using (var whole = new Machines(Empty, Empty))
        {
            for (var i = 0; i < changedMessage; i++)
                whole.Pass(i);
            length = whole.NextLength(changedMessage);
        }
        for (var at = 0; at < length; at++)
        {
            using var pair = new Machines(Empty, Empty);
            for (var i = 0; i < changedMessage; i++)
                Assert.Equal(NoiseRefusal.None, pair.Pass(i));
            Assert.NotEqual(NoiseRefusal.None, pair.Pass(changedMessage, message => message[at] ^= 1));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_message_cut_short_is_refused(int cutMessage)
    {
        using var pair = new Machines(Empty, Empty);
        for (var i = 0; i < cutMessage; i++)
            Assert.Equal(NoiseRefusal.None, pair.Pass(i));
        var reader = cutMessage == 1 ? pair.Initiator : pair.Responder;
        Assert.Equal(NoiseRefusal.TooShort, reader.Read(new byte[reader.Overhead - 1], []));
        Assert.Equal(NoiseRefusal.TooShort, reader.Read([], []));
    }

    [Fact]
    public void A_key_of_low_order_is_refused()
    {
        using var pair = new Machines(Empty, Empty);
        // The first message is the key alone; the responder finds out when it computes with it.
        Assert.Equal(NoiseRefusal.None, pair.Responder.Read(new byte[32], []));
        Assert.Equal(NoiseRefusal.WeakKey, pair.Responder.Write([], new byte[pair.Responder.Overhead]));

        using var other = new Machines(Empty, Empty);
        Assert.Equal(NoiseRefusal.None, other.Pass(0));
        Assert.Equal(NoiseRefusal.WeakKey, other.Initiator.Read(new byte[other.Initiator.Overhead], []));
    }

    [Fact]
    public void A_message_out_of_turn_is_a_defect_of_the_caller()
    {
        using var pair = new Machines(Empty, Empty);
        Assert.Throws<InvalidOperationException>(() => pair.Responder.Write([], new byte[pair.Responder.Overhead]));
        Assert.Throws<InvalidOperationException>(() => pair.Initiator.Read(new byte[32], []));
        Assert.Throws<InvalidOperationException>(() => pair.Initiator.Split());
    }

    [Fact]
    public void The_last_nonce_is_used_and_no_other_after_it()
    {
        var key = new byte[32];
        using var sending = new NoiseCipher(key, ulong.MaxValue - 1);
        using var receiving = new NoiseCipher(key, ulong.MaxValue - 1);
        var text = new byte[20];
        var opened = new byte[4];
        sending.Seal("last"u8, text);
        Assert.True(receiving.TryOpen(text, opened));
        Assert.Equal("last"u8, opened);
        Assert.True(sending.IsExhausted);
        Assert.True(receiving.IsExhausted);
        Assert.Throws<InvalidOperationException>(() => sending.Seal("more"u8, text));
        Assert.Throws<InvalidOperationException>(() => receiving.TryOpen(text, opened));
    }

    [Fact]
    public void The_nonce_stays_where_a_tag_is_bad()
    {
        var key = new byte[32];
        using var sending = new NoiseCipher(key);
        using var receiving = new NoiseCipher(key);
        var text = new byte[20];
        var opened = new byte[4];
        sending.Seal("word"u8, text);
        text[0] ^= 1;
        Assert.False(receiving.TryOpen(text, opened));
        text[0] ^= 1;
        Assert.True(receiving.TryOpen(text, opened));
    }

    private sealed class Machines : IDisposable
    {
        private readonly NoiseKeyPair[] _keys = [NoiseKeyPair.Generate(), NoiseKeyPair.Generate(), NoiseKeyPair.Generate(), NoiseKeyPair.Generate()];

        public Machines(byte[] initiatorPrologue, byte[] responderPrologue)
        {
            Initiator = new NoiseHandshakeMachine(Role.Dialer, _keys[0], _keys[1], initiatorPrologue);
            Responder = new NoiseHandshakeMachine(Role.Listener, _keys[2], _keys[3], responderPrologue);
        }

        public NoiseHandshakeMachine Initiator { get; }

        public NoiseHandshakeMachine Responder { get; }

        public int NextLength(int message) => (message == 1 ? Responder : Initiator).Overhead + 7;

        public NoiseRefusal Pass(int message, Action<byte[]>? change = null)
        {
            var (writer, reader) = message == 1 ? (Responder, Initiator) : (Initiator, Responder);
            var bytes = new byte[NextLength(message)];
            Assert.Equal(NoiseRefusal.None, writer.Write("payload"u8, bytes));
            change?.Invoke(bytes);
            return reader.Read(bytes, new byte[7]);
        }

        public void Dispose()
        {
            Initiator.Dispose();
            Responder.Dispose();
            foreach (var key in _keys)
                key.Dispose();
        }
    }
}
