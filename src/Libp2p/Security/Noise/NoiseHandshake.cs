using System.Buffers;

namespace Libp2p.Security.Noise;

/// <summary>What the other side proved in the handshake.</summary>
/// <param name="Peer">Who it is.</param>
/// <param name="Key">Its identity key.</param>
/// <param name="Muxer">The muxer that both sides computed; null where it is still to be negotiated.</param>
internal sealed record NoiseProof(PeerId Peer, PublicKey Key, ProtocolId? Muxer);

/// <summary>One run of the handshake over a link: it moves the machine's messages, and judges what they carry.</summary>
internal sealed class NoiseHandshake : IDisposable
{
    private readonly Link _link;
    private readonly HandshakeContext _context;
    private readonly NoiseStaticKey _staticKey;
    private readonly NoiseOptions _options;
    private readonly NoiseEphemeralKeys _ephemeralKeys;
    private readonly NoiseKeyPair _ephemeralKey;
    private readonly NoiseHandshakeMachine _machine;

    public NoiseHandshake(Link link, HandshakeContext context, NoiseStaticKey staticKey, NoiseEphemeralKeys ephemeralKeys, NoiseOptions options)
    {
        _link = link;
        _context = context;
        _staticKey = staticKey;
        _options = options;
        _ephemeralKeys = ephemeralKeys;
        _ephemeralKey = ephemeralKeys.Take();
        _machine = new NoiseHandshakeMachine(context.Role, staticKey.Pair, _ephemeralKey, context.Prologue.Span);
    }

    public ValueTask<NoiseProof> RunAsync(CancellationToken cancellationToken) =>
        _context.Role == Role.Dialer ? InitiateAsync(cancellationToken) : RespondAsync(cancellationToken);

    public (NoiseCipher Sending, NoiseCipher Receiving) Split() => _machine.Split();

    public void Dispose()
    {
        _machine.Dispose();
        _ephemeralKey.Dispose();
    }

    private async ValueTask<NoiseProof> InitiateAsync(CancellationToken cancellationToken)
    {
        Write([]);
        await FlushAsync(cancellationToken).ConfigureAwait(false);
        var (payload, proof) = Verify(await ReadAsync(cancellationToken).ConfigureAwait(false));

        // All of the above happened before this side says who it is: a wrong peer learns nothing.
        if (payload.StreamMuxers.Count == 0)
        {
            // A responder that announces nothing (rust-libp2p, peers of 2020) will negotiate afterwards. Ours are told all the same.
            Write(Payload(_context.Muxers));
            return proof;
        }
        if (_context.Muxers.Count == 0)
        {
            Write(Payload([]));
            return proof;
        }

        // The specification's choice: the first of the initiator's list that the responder has. Implementations compute it each in
        // its own way (go-libp2p as written; js-libp2p the first of the list that it received, whichever side it is), so only the
        // choice is sent, as the specification allows: every way of computing it then ends at the same muxer.
        var muxer = FirstCommon(_context.Muxers, payload.StreamMuxers) ?? throw NothingInCommon(payload.StreamMuxers, _context.Muxers);
        Write(Payload([muxer]));
        return proof with { Muxer = muxer };
    }

    private async ValueTask<NoiseProof> RespondAsync(CancellationToken cancellationToken)
    {
        // Whatever else may travel in the clear with the first message has no meaning in libp2p.
        await ReadAsync(cancellationToken).ConfigureAwait(false);

        // A single muxer is announced: js-libp2p as initiator takes the first of our list that it has, go-libp2p the first of its own
        // that we have, and with one element in our list both are the same. Of several none is, so that an initiator that lacks the
        // first is not turned away: the muxer is negotiated afterwards, under the same keys.
        ProtocolId[] announced = _context.Muxers.Count == 1 ? [_context.Muxers[0]] : [];
        Write(Payload(announced));
        await FlushAsync(cancellationToken).ConfigureAwait(false);
        var (payload, proof) = Verify(await ReadAsync(cancellationToken).ConfigureAwait(false));
        if (announced.Length == 0 || payload.StreamMuxers.Count == 0)
            return proof;
        return proof with { Muxer = FirstCommon(announced, payload.StreamMuxers) ?? throw NothingInCommon(payload.StreamMuxers, announced) };
    }

    /// <summary>Checks what the other side claims, in this order: payload, key, signature, peer.</summary>
    private (NoisePayload Payload, NoiseProof Proof) Verify(byte[] bytes)
    {
        if (!NoisePayloadCodec.TryDecode(bytes, out var payload, out var error))
            throw Failed($"The peer's noise payload cannot be read: {error}.");
        if (payload.IdentityKey.IsEmpty)
            throw Failed("The peer's noise payload has no identity key.");
        if (!PublicKey.TryDecode(payload.IdentityKey.Span, out var key, out error))
            throw Failed($"The peer's identity key cannot be read: {error}");
        if (payload.IdentitySignature.IsEmpty)
            throw Failed("The peer did not sign its noise key.");
        if (!key.Verify(NoiseStaticKey.SignedBytes(_machine.RemoteStatic), payload.IdentitySignature.Span))
            throw Failed("The peer's signature over its noise key is wrong: it does not have the identity that it claims.");
        var peer = PeerId.FromPublicKey(key);
        if (_context.ExpectedPeer is { } expected && expected != peer)
            throw new PeerIdMismatchException(expected, peer);
        return (payload, new NoiseProof(peer, key, Muxer: null));
    }

    private byte[] Payload(IReadOnlyList<ProtocolId> muxers) => NoisePayloadCodec.Encode(new NoisePayload
    {
        IdentityKey = _context.Identity.PublicKey.Encoded,
        IdentitySignature = _staticKey.Signature,
        StreamMuxers = muxers,
    });

    private void Write(ReadOnlySpan<byte> payload)
    {
        var length = _machine.Overhead + payload.Length;
        var frame = _link.Output.GetSpan(NoiseFrame.HeaderLength + length)[..(NoiseFrame.HeaderLength + length)];
        NoiseFrame.WriteLength(frame, length);
        if (_machine.Write(payload, frame[NoiseFrame.HeaderLength..]) is not NoiseRefusal.None and var refusal)
            throw Failed(Explain(refusal));
        _link.Output.Advance(frame.Length);
    }

    /// <summary>Sends what the other side waits for, and uses the time until it answers.</summary>
    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        await _link.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
        _ephemeralKeys.Prepare();
    }

    private async ValueTask<byte[]> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await _link.Input.ReadAsync(cancellationToken).ConfigureAwait(false);
            var buffer = read.Buffer;
            var isLengthKnown = NoiseFrame.TryReadLength(buffer, out var length);
            if (isLengthKnown && length > _options.MaxHandshakeMessage)
            {
                _link.Input.AdvanceTo(buffer.Start);
                throw Failed($"The peer announced a handshake message of {length} bytes, more than the {_options.MaxHandshakeMessage} allowed.");
            }
            if (isLengthKnown && buffer.Length >= NoiseFrame.HeaderLength + length)
            {
                var message = buffer.Slice(NoiseFrame.HeaderLength, length).ToArray();
                _link.Input.AdvanceTo(buffer.GetPosition(NoiseFrame.HeaderLength + length));
                return Open(message);
            }
            _link.Input.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted)
                throw Failed("The peer ended the connection during the noise handshake.");
        }
    }

    private byte[] Open(byte[] message)
    {
        var payload = new byte[Math.Max(0, message.Length - _machine.Overhead)];
        return _machine.Read(message, payload) is not NoiseRefusal.None and var refusal ? throw Failed(Explain(refusal)) : payload;
    }

    private static ProtocolId? FirstCommon(IReadOnlyList<ProtocolId> preferred, IReadOnlyList<ProtocolId> others)
    {
        foreach (var muxer in preferred)
        {
            if (others.Contains(muxer))
                return muxer;
        }
        return null;
    }

    private static NegotiationException NothingInCommon(IReadOnlyList<ProtocolId> theirs, IReadOnlyList<ProtocolId> ours) =>
        new($"The peer offers the muxers {Describe(theirs)}, this node only {Describe(ours)}: enable one in common.", theirs);

    private static string Describe(IReadOnlyList<ProtocolId> muxers) =>
        string.Join(", ", muxers.Take(4).Select(muxer => PrintableText.Escape(muxer.ToString(), 64))) + (muxers.Count > 4 ? ", …" : "");

    private static string Explain(NoiseRefusal refusal) => refusal switch
    {
        NoiseRefusal.TooShort => "The peer's noise message is too short: it does not speak noise, or the connection is broken.",
        NoiseRefusal.WeakKey => "The peer sent a noise key that would make the secret known to all.",
        _ => "The peer's noise message does not authenticate: it was changed on the way, or the two sides have different prologues.",
    };

    private static Libp2pException Failed(string message) => new(Libp2pError.HandshakeFailed, message);
}
