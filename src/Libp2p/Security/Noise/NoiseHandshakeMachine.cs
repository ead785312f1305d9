using System.Security.Cryptography;

namespace Libp2p.Security.Noise;

/// <summary>What a handshake message was refused for.</summary>
internal enum NoiseRefusal
{
    /// <summary>It was not refused.</summary>
    None,

    /// <summary>It is shorter than its keys and tags.</summary>
    TooShort,

    /// <summary>A tag does not match: other keys, another prologue, or changed on the way.</summary>
    BadTag,

    /// <summary>A public key of low order, which would make the secret known to all.</summary>
    WeakKey,
}

/// <summary>
/// The handshake Noise_XX_25519_ChaChaPoly_SHA256 (Noise specification §5.3 and §7.5): <c>e</c>, then <c>e, ee, s, es</c>, then
/// <c>s, se</c>. It knows bytes only: no link, no time, no randomness. A refused message ends it; it must not be used further.
/// </summary>
internal sealed class NoiseHandshakeMachine : IDisposable
{
    private const int KeyLength = X25519.KeyLength;

    private readonly Role _role;
    private readonly NoiseKeyPair _static;
    private readonly NoiseKeyPair _ephemeral;
    private readonly NoiseSymmetricState _state;
    private readonly byte[] _remoteStatic = new byte[KeyLength];
    private readonly byte[] _remoteEphemeral = new byte[KeyLength];
    private int _messages;

    /// <summary>Begins a handshake.</summary>
    /// <param name="role">The dialler is the initiator.</param>
    /// <param name="staticKey">This side's static key; it stays the caller's.</param>
    /// <param name="ephemeralKey">This side's ephemeral key, never used before; it stays the caller's.</param>
    /// <param name="prologue">What both sides must share.</param>
    public NoiseHandshakeMachine(Role role, NoiseKeyPair staticKey, NoiseKeyPair ephemeralKey, ReadOnlySpan<byte> prologue)
    {
        _role = role;
        _static = staticKey;
        _ephemeral = ephemeralKey;
        _state = new NoiseSymmetricState("Noise_XX_25519_ChaChaPoly_SHA256"u8);
        _state.MixHash(prologue);
    }

    /// <summary>True once all three messages went.</summary>
    public bool IsFinished => _messages == 3;

    /// <summary>True where the next message is this side's.</summary>
    public bool IsOurTurn => !IsFinished && (_role == Role.Dialer) == (_messages != 1);

    /// <summary>The other side's static key, once its message with it was read.</summary>
    public ReadOnlySpan<byte> RemoteStatic => _remoteStatic;

    /// <summary>The hash of the handshake, the same on both sides once it is finished (Noise §11.2).</summary>
    public ReadOnlySpan<byte> HandshakeHash => _state.Hash;

    /// <summary>Bytes that the next message has beside its payload.</summary>
    public int Overhead => _messages switch
    {
        0 => KeyLength,
        1 => KeyLength + KeyLength + (2 * NoiseCipher.TagLength),
        _ => KeyLength + (2 * NoiseCipher.TagLength),
    };

    /// <summary>Writes this side's next message.</summary>
    /// <param name="payload">What travels with it: in the clear in message 1, else secret.</param>
    /// <param name="message">Exactly <see cref="Overhead"/> bytes longer than the payload.</param>
    public NoiseRefusal Write(ReadOnlySpan<byte> payload, Span<byte> message)
    {
        Require(ours: true);
        if (message.Length != Overhead + payload.Length)
            throw new ArgumentException($"The message takes {Overhead + payload.Length} bytes, not {message.Length}.", nameof(message));
        if (_messages < 2)
        {
            _ephemeral.Public.CopyTo(message);
            _state.MixHash(_ephemeral.Public);
            message = message[KeyLength..];
        }
        if (_messages > 0)
        {
            if (_messages == 1 && !TryMixSecret(_ephemeral, _remoteEphemeral))
                return NoiseRefusal.WeakKey;
            _state.Seal(_static.Public, message[..(KeyLength + NoiseCipher.TagLength)]);
            message = message[(KeyLength + NoiseCipher.TagLength)..];
            // es where the responder writes, se where the initiator does: the writer's static key with the other's ephemeral.
            if (!TryMixSecret(_static, _remoteEphemeral))
                return NoiseRefusal.WeakKey;
        }
        _state.Seal(payload, message);
        _messages++;
        return NoiseRefusal.None;
    }

    /// <summary>Reads the other side's next message.</summary>
    /// <param name="message">What came.</param>
    /// <param name="payload">Receives what travelled with it: exactly <see cref="Overhead"/> bytes fewer, where it is at least as long as that.</param>
    public NoiseRefusal Read(ReadOnlySpan<byte> message, Span<byte> payload)
    {
        Require(ours: false);
        if (message.Length < Overhead)
            return NoiseRefusal.TooShort;
        if (payload.Length != message.Length - Overhead)
            throw new ArgumentException($"The payload takes {message.Length - Overhead} bytes, not {payload.Length}.", nameof(payload));
        if (_messages < 2)
        {
            message[..KeyLength].CopyTo(_remoteEphemeral);
            _state.MixHash(_remoteEphemeral);
            message = message[KeyLength..];
        }
        if (_messages > 0)
        {
            if (_messages == 1 && !TryMixSecret(_ephemeral, _remoteEphemeral))
                return NoiseRefusal.WeakKey;
            if (!_state.TryOpen(message[..(KeyLength + NoiseCipher.TagLength)], _remoteStatic))
                return NoiseRefusal.BadTag;
            message = message[(KeyLength + NoiseCipher.TagLength)..];
            if (!TryMixSecret(_ephemeral, _remoteStatic))
                return NoiseRefusal.WeakKey;
        }
        if (!_state.TryOpen(message, payload))
            return NoiseRefusal.BadTag;
        _messages++;
        return NoiseRefusal.None;
    }

    /// <summary>Makes the ciphers of the connection.</summary>
    public (NoiseCipher Sending, NoiseCipher Receiving) Split()
    {
        if (!IsFinished)
            throw new InvalidOperationException("The handshake is not finished.");
        var (fromInitiator, fromResponder) = _state.Split();
        return _role == Role.Dialer ? (fromInitiator, fromResponder) : (fromResponder, fromInitiator);
    }

    /// <summary>Wipes what is secret in it.</summary>
    public void Dispose() => _state.Dispose();

    private bool TryMixSecret(NoiseKeyPair own, ReadOnlySpan<byte> remote)
    {
        Span<byte> secret = stackalloc byte[KeyLength];
        if (!own.TryAgree(remote, secret))
            return false;
        _state.MixKey(secret);
        CryptographicOperations.ZeroMemory(secret);
        return true;
    }

    private void Require(bool ours)
    {
        if (IsFinished || IsOurTurn != ours)
            throw new InvalidOperationException("It is not the turn of this message.");
    }
}
