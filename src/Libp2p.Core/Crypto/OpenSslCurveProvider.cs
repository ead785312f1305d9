using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Libp2p;

/// <summary>
/// The curves by OpenSSL 3. Every call makes and frees what it needs, so any number of threads may share it
/// and no secret outlives a call, but those of a signing key until that is disposed.
/// </summary>
internal sealed unsafe class OpenSslCurveProvider : CurveProvider
{
    private const int TypeX25519 = 1034;
    private const int TypeEd25519 = 1087;
    private const int SelectKeyPair = 0x87;

    private readonly LibCryptoKeyExchange _exchange;

    private OpenSslCurveProvider(LibCryptoKeyExchange exchange) => _exchange = exchange;

    /// <inheritdoc/>
    public override string Name => "openssl";

    /// <summary>Creates the provider where libcrypto 3 is present and offers both curves; else null.</summary>
    /// <remarks>A build or a configuration without the curves (FIPS) is found by the self-test, which is run once here.</remarks>
    public static OpenSslCurveProvider? TryCreate()
    {
        if (!LibCrypto.IsPresent())
            return null;
        try
        {
            if (LibCryptoKeyExchange.TryCreate() is not { } exchange)
                return null;
            var provider = new OpenSslCurveProvider(exchange);
            return CurveSelfTest.Passes(provider) ? provider : null;
        }
        catch (Exception e) when (e is CryptographicException or EntryPointNotFoundException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public override void Ed25519PublicKey(ReadOnlySpan<byte> seed, Span<byte> publicKey)
    {
        RequireLength(seed, Ed25519.SeedLength, nameof(seed));
        RequireLength(publicKey, Ed25519.PublicKeyLength, nameof(publicKey));
        PublicKey(TypeEd25519, seed, publicKey);
    }

    /// <inheritdoc/>
    public override void Ed25519Sign(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, Span<byte> signature)
    {
        RequireLength(seed, Ed25519.SeedLength, nameof(seed));
        RequireLength(publicKey, Ed25519.PublicKeyLength, nameof(publicKey));
        RequireLength(signature, Ed25519.SignatureLength, nameof(signature));
        var context = SigningContext(seed, publicKey);
        try
        {
            Sign(context, message, signature);
        }
        finally
        {
            LibCrypto.DigestContextFree(context);
        }
    }

    /// <inheritdoc/>
    public override Ed25519SigningKey PrepareEd25519(ReadOnlyMemory<byte> seed, ReadOnlyMemory<byte> publicKey)
    {
        RequireLength(seed.Span, Ed25519.SeedLength, nameof(seed));
        RequireLength(publicKey.Span, Ed25519.PublicKeyLength, nameof(publicKey));
        return new OpenSslSigningKey(SigningContext(seed.Span, publicKey.Span));
    }

    /// <summary>Signs with a context that no other thread uses.</summary>
    internal static void Sign(nint context, ReadOnlySpan<byte> message, Span<byte> signature)
    {
        nuint length = Ed25519.SignatureLength;
        fixed (byte* signaturePointer = signature)
        fixed (byte* messagePointer = message)
        {
            if (LibCrypto.Sign(context, signaturePointer, &length, messagePointer, (nuint)message.Length) != 1 || length != Ed25519.SignatureLength)
                throw LibCrypto.TakeError("signing with Ed25519");
        }
    }

    /// <inheritdoc/>
    public override bool Ed25519Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != Ed25519.PublicKeyLength || signature.Length != Ed25519.SignatureLength)
            return false;
        nint key = 0, context = 0;
        try
        {
            fixed (byte* publicPointer = publicKey)
            fixed (byte* signaturePointer = signature)
            fixed (byte* messagePointer = message)
            {
                key = LibCrypto.KeyNewRawPublic(TypeEd25519, 0, publicPointer, Ed25519.PublicKeyLength);
                if (key == 0)
                    throw LibCrypto.TakeError("reading an Ed25519 public key");
                context = LibCrypto.DigestContextNew();
                if (context == 0 || LibCrypto.VerifyInit(context, null, 0, 0, key) != 1)
                    throw LibCrypto.TakeError("preparing an Ed25519 verification");
                if (LibCrypto.Verify(context, signaturePointer, Ed25519.SignatureLength, messagePointer, (nuint)message.Length) == 1)
                    return true;
                LibCrypto.ErrorClear();
                return false;
            }
        }
        finally
        {
            LibCrypto.DigestContextFree(context);
            LibCrypto.KeyFree(key);
        }
    }

    /// <inheritdoc/>
    public override void X25519PublicKey(ReadOnlySpan<byte> privateKey, Span<byte> publicKey)
    {
        RequireLength(privateKey, X25519.KeyLength, nameof(privateKey));
        RequireLength(publicKey, X25519.KeyLength, nameof(publicKey));
        PublicKey(TypeX25519, privateKey, publicKey);
    }

    /// <inheritdoc/>
    public override bool X25519Agree(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> peerPublicKey, Span<byte> sharedSecret)
    {
        RequireLength(privateKey, X25519.KeyLength, nameof(privateKey));
        RequireLength(peerPublicKey, X25519.KeyLength, nameof(peerPublicKey));
        RequireLength(sharedSecret, X25519.KeyLength, nameof(sharedSecret));
        return _exchange.Agree(privateKey, peerPublicKey, sharedSecret);
    }

    private static void PublicKey(int type, ReadOnlySpan<byte> privateKey, Span<byte> publicKey)
    {
        nint key = 0;
        try
        {
            nuint length = 32;
            fixed (byte* privatePointer = privateKey)
            fixed (byte* publicPointer = publicKey)
            {
                key = LibCrypto.KeyNewRawPrivate(type, 0, privatePointer, 32);
                if (key == 0 || LibCrypto.KeyGetRawPublic(key, publicPointer, &length) != 1 || length != 32)
                    throw LibCrypto.TakeError("deriving a public key");
            }
        }
        finally
        {
            LibCrypto.KeyFree(key);
        }
    }

    /// <summary>Makes a digest context that holds the key and is ready to sign; it is the caller's to free.</summary>
    private static nint SigningContext(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> publicKey)
    {
        nint key = 0, context = 0;
        try
        {
            key = KeyPair("ED25519\0"u8, seed, publicKey);
            context = LibCrypto.DigestContextNew();
            if (context == 0 || LibCrypto.SignInit(context, null, 0, 0, key) != 1)
                throw LibCrypto.TakeError("preparing an Ed25519 signature");
            return context;
        }
        catch
        {
            LibCrypto.DigestContextFree(context);
            throw;
        }
        finally
        {
            // The context has a reference of its own.
            LibCrypto.KeyFree(key);
        }
    }

    // EVP_PKEY_new_raw_private_key would compute the public half again, which halves the speed of signing.
    private static nint KeyPair(ReadOnlySpan<byte> algorithm, ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> publicKey)
    {
        nint context = 0, key = 0;
        try
        {
            // Literals lie in the image and never move.
            var name = (byte*)Address(algorithm);
            fixed (byte* privatePointer = privateKey)
            fixed (byte* publicPointer = publicKey)
            {
                var parameters = stackalloc LibCryptoParameter[3];
                parameters[0] = LibCryptoParameter.Octets((byte*)Address("priv\0"u8), privatePointer, privateKey.Length);
                parameters[1] = LibCryptoParameter.Octets((byte*)Address("pub\0"u8), publicPointer, publicKey.Length);
                parameters[2] = default;
                context = LibCrypto.KeyContextFromName(0, name, null);
                if (context == 0
                    || LibCrypto.KeyFromDataInit(context) != 1
                    || LibCrypto.KeyFromData(context, &key, SelectKeyPair, parameters) != 1)
                {
                    throw LibCrypto.TakeError("reading a private key");
                }
                return key;
            }
        }
        finally
        {
            LibCrypto.KeyContextFree(context);
        }
    }

    private static void* Address(ReadOnlySpan<byte> literal) =>
        Unsafe.AsPointer(ref MemoryMarshal.GetReference(literal));
}
