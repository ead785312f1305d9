using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Libp2p.Security.Secio;

/// <summary>
/// One run of the handshake over a link (secio/README.md, "Protocol"): proposals, then signed ephemeral keys, then each side's nonce
/// sent back to it under the new keys. Both sides do the same, whoever dialled.
/// </summary>
internal sealed class SecioHandshake(Link link, HandshakeContext context, SecioOptions options, ILogger logger)
{
    /// <summary>What comes before the coordinates of an uncompressed point.</summary>
    private const byte UncompressedPoint = 4;

    public async ValueTask<SecureLink> RunAsync(CancellationToken cancellationToken)
    {
        var local = new SecioProposal(
            RandomNumberGenerator.GetBytes(SecioProposal.NonceLength), context.Identity.PublicKey.ToProtobuf(), SecioSuite.Exchanges, SecioSuite.Ciphers, SecioSuite.Hashes);
        var localBytes = SecioCodec.Encode(local);
        await SendAsync(localBytes, cancellationToken).ConfigureAwait(false);
        var remoteBytes = await ReceiveAsync(cancellationToken).ConfigureAwait(false);
        var (remote, key) = Judge(remoteBytes);
        var suite = SecioSuite.Select(local, remote, out var error) ?? throw Failed($"The peer's SECIO proposal does not fit: {error}.");

        using var ephemeral = ECDiffieHellman.Create(suite.Curve);
        var point = Export(ephemeral.ExportParameters(includePrivateParameters: false).Q);
        await SendAsync(SecioCodec.Encode(new SecioExchange(point, context.Identity.Sign([.. localBytes, .. remoteBytes, .. point]))), cancellationToken).ConfigureAwait(false);
        if (!SecioCodec.TryDecode(await ReceiveAsync(cancellationToken).ConfigureAwait(false), out SecioExchange? exchange))
            throw Failed("The peer's SECIO exchange is no protobuf message.");
        if (!key.Verify([.. remoteBytes, .. localBytes, .. exchange.EphemeralKey], exchange.Signature))
            throw Failed("The peer's signature over its ephemeral key is wrong: it does not have the identity that it claims, or a proposal was changed on the way.");

        SecioLog.Proven(logger, PeerId.FromPublicKey(key), suite);
        return await ConfirmAsync(Secure(suite, ephemeral, exchange.EphemeralKey, key), local.Nonce, remote.Nonce, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Checks who the other side says that it is, before this side signs anything for it.</summary>
    private (SecioProposal Proposal, PublicKey Key) Judge(byte[] bytes)
    {
        if (!SecioCodec.TryDecode(bytes, out SecioProposal? proposal))
            throw Failed("The peer's SECIO proposal cannot be read.");
        if (!PublicKey.TryDecode(proposal.PublicKey, out var key, out var error))
            throw Failed($"The peer's identity key cannot be read: {error}");
        var peer = PeerId.FromPublicKey(key);
        if (context.ExpectedPeer is { } expected && expected != peer)
            throw new PeerIdMismatchException(expected, peer);
        return (proposal, key);
    }

    private SecioSecureLink Secure(SecioSuite suite, ECDiffieHellman ephemeral, byte[] remotePoint, PublicKey key)
    {
        var secret = Agree(suite, ephemeral, remotePoint);
        var (first, second) = SecioKeys.Stretch(suite, secret);
        CryptographicOperations.ZeroMemory(secret);
        var (ours, theirs) = suite.IsLocalPreferred ? (first, second) : (second, first);
        return new SecioSecureLink(link, key, new SecioCipher(suite, ours), new SecioCipher(suite, theirs), options.MaxFrame, logger);
    }

    private static byte[] Agree(SecioSuite suite, ECDiffieHellman ephemeral, byte[] remotePoint)
    {
        var length = suite.CoordinateLength;
        if (remotePoint.Length != 1 + (2 * length) || remotePoint[0] != UncompressedPoint)
            throw Failed($"The peer's ephemeral key is no point of {suite.Exchange}.");
        try
        {
            // The import refuses what does not lie on the curve.
            using var remote = ECDiffieHellman.Create(new ECParameters
            {
                Curve = suite.Curve,
                Q = new ECPoint { X = remotePoint[1..(1 + length)], Y = remotePoint[(1 + length)..] },
            });
            return ephemeral.DeriveRawSecretAgreement(remote.PublicKey);
        }
        catch (CryptographicException e)
        {
            throw new Libp2pException(Libp2pError.HandshakeFailed, $"The peer's ephemeral key is no point of {suite.Exchange}.", e);
        }
    }

    /// <summary>The first bytes under the new keys are the nonce that the other side had sent.</summary>
    private static async ValueTask<SecureLink> ConfirmAsync(SecioSecureLink secure, byte[] localNonce, byte[] remoteNonce, CancellationToken cancellationToken)
    {
        try
        {
            await secure.Output.WriteAsync(remoteNonce, cancellationToken).ConfigureAwait(false);
            var read = await secure.Input.ReadAtLeastAsync(SecioProposal.NonceLength, cancellationToken).ConfigureAwait(false);
            var isWhole = read.Buffer.Length >= SecioProposal.NonceLength;
            var isOurs = isWhole && read.Buffer.Slice(0, SecioProposal.NonceLength).ToArray().AsSpan().SequenceEqual(localNonce);
            secure.Input.AdvanceTo(isWhole ? read.Buffer.GetPosition(SecioProposal.NonceLength) : read.Buffer.End);
            if (!isOurs)
                throw Failed("The peer did not send this side's nonce back.");
            return secure;
        }
        catch (Exception e)
        {
            secure.Abort(e);
            throw;
        }
    }

    private async ValueTask SendAsync(byte[] message, CancellationToken cancellationToken)
    {
        BinaryPrimitives.WriteUInt32BigEndian(link.Output.GetSpan(SecioReader.LengthLength), (uint)message.Length);
        link.Output.Advance(SecioReader.LengthLength);
        link.Output.Write(message);
        await link.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<byte[]> ReceiveAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await link.Input.ReadAsync(cancellationToken).ConfigureAwait(false);
            var buffer = read.Buffer;
            if (TryReadLength(buffer, out var length) && length > options.MaxHandshakeMessage)
            {
                link.Input.AdvanceTo(buffer.Start);
                throw Failed($"The peer announced a handshake message of {length} bytes, more than the {options.MaxHandshakeMessage} allowed.");
            }
            if (buffer.Length >= SecioReader.LengthLength + (long)length)
            {
                var message = buffer.Slice(SecioReader.LengthLength, length).ToArray();
                link.Input.AdvanceTo(buffer.GetPosition(SecioReader.LengthLength + length));
                return message;
            }
            link.Input.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted)
                throw Failed("The peer ended the connection during the SECIO handshake.");
        }
    }

    private static bool TryReadLength(in ReadOnlySequence<byte> buffer, out uint length)
    {
        length = 0;
        if (buffer.Length < SecioReader.LengthLength)
            return false;
        Span<byte> head = stackalloc byte[SecioReader.LengthLength];
        buffer.Slice(0, SecioReader.LengthLength).CopyTo(head);
        length = BinaryPrimitives.ReadUInt32BigEndian(head);
        return true;
    }

    private static byte[] Export(ECPoint point) => [UncompressedPoint, .. point.X!, .. point.Y!];

    private static Libp2pException Failed(string message) => new(Libp2pError.HandshakeFailed, message);
}
