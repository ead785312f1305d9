using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Libp2p;

/// <summary>
/// X25519 by the functions of the provider that libcrypto itself would ask (provider-keyexch(7), provider-keymgmt(7)). To find
/// them by name anew for each key, as EVP_PKEY does, costs a fifth of the agreement and takes locks that all threads share.
/// </summary>
internal sealed unsafe class LibCryptoKeyExchange
{
    private const int KeyOperation = 10;
    private const int ExchangeOperation = 11;
    private const int SelectPublic = 0x86;
    private const int SelectKeyPair = 0x87;

    private readonly void* _context;
    private readonly delegate* unmanaged[Cdecl]<void*, void*> _keyNew;
    private readonly delegate* unmanaged[Cdecl]<void*, void> _keyFree;
    private readonly delegate* unmanaged[Cdecl]<void*, int, LibCryptoParameter*, int> _keyImport;
    private readonly delegate* unmanaged[Cdecl]<void*, void*> _new;
    private readonly delegate* unmanaged[Cdecl]<void*, void> _free;
    private readonly delegate* unmanaged[Cdecl]<void*, void*, LibCryptoParameter*, int> _init;
    private readonly delegate* unmanaged[Cdecl]<void*, void*, int> _setPeer;
    private readonly delegate* unmanaged[Cdecl]<void*, byte*, nuint*, nuint, int> _derive;

    private LibCryptoKeyExchange(void* context, Function* key, Function* exchange)
    {
        _context = context;
        _keyNew = (delegate* unmanaged[Cdecl]<void*, void*>)Find(key, 1);
        _keyFree = (delegate* unmanaged[Cdecl]<void*, void>)Find(key, 10);
        _keyImport = (delegate* unmanaged[Cdecl]<void*, int, LibCryptoParameter*, int>)Find(key, 40);
        _new = (delegate* unmanaged[Cdecl]<void*, void*>)Find(exchange, 1);
        _init = (delegate* unmanaged[Cdecl]<void*, void*, LibCryptoParameter*, int>)Find(exchange, 2);
        _derive = (delegate* unmanaged[Cdecl]<void*, byte*, nuint*, nuint, int>)Find(exchange, 3);
        _setPeer = (delegate* unmanaged[Cdecl]<void*, void*, int>)Find(exchange, 4);
        _free = (delegate* unmanaged[Cdecl]<void*, void>)Find(exchange, 5);
    }

    private bool IsWhole =>
        _keyNew != null && _keyFree != null && _keyImport != null && _new != null && _init != null && _derive != null && _setPeer != null && _free != null;

    /// <summary>Finds the functions, where a provider of this process's libcrypto has X25519; else null.</summary>
    public static LibCryptoKeyExchange? TryCreate()
    {
        // What is found here is kept for the process's life, as the functions are.
        var management = LibCrypto.KeyManagementFetch(0, (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference("X25519\0"u8)), null);
        if (management == 0)
        {
            LibCrypto.ErrorClear();
            return null;
        }
        var provider = LibCrypto.KeyManagementProvider(management);
        var key = Find(provider, KeyOperation);
        var exchange = Find(provider, ExchangeOperation);
        if (key == null || exchange == null)
            return null;
        var found = new LibCryptoKeyExchange(LibCrypto.ProviderContext(provider), key, exchange);
        return found.IsWhole ? found : null;
    }

    /// <summary>Computes the shared secret of 32 bytes; false where it would be all zero.</summary>
    public bool Agree(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> peerPublicKey, Span<byte> sharedSecret)
    {
        void* own = null, peer = null, exchange = null;
        try
        {
            fixed (byte* privatePointer = privateKey)
            fixed (byte* peerPointer = peerPublicKey)
            fixed (byte* secretPointer = sharedSecret)
            {
                // The derivation reads the private half alone, so any public half spares the library from computing the true one,
                // which would cost as much as the derivation. The peer's is at hand.
                own = Import(privatePointer, peerPointer);
                peer = Import(null, peerPointer);
                exchange = _new(_context);
                if (exchange == null || _init(exchange, own, null) != 1 || _setPeer(exchange, peer) != 1)
                    throw LibCrypto.TakeError("preparing X25519");
                nuint length = X25519.KeyLength;
                if (_derive(exchange, secretPointer, &length, length) == 1 && length == X25519.KeyLength)
                    return true;
            }
            LibCrypto.ErrorClear();
            CryptographicOperations.ZeroMemory(sharedSecret);
            return false;
        }
        finally
        {
            if (exchange != null)
                _free(exchange);
            if (peer != null)
                _keyFree(peer);
            if (own != null)
                _keyFree(own);
        }
    }

    private void* Import(byte* privateKey, byte* publicKey)
    {
        var parameters = stackalloc LibCryptoParameter[3];
        parameters[0] = LibCryptoParameter.Octets((byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference("pub\0"u8)), publicKey, X25519.KeyLength);
        parameters[1] = privateKey == null
            ? default
            : LibCryptoParameter.Octets((byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference("priv\0"u8)), privateKey, X25519.KeyLength);
        parameters[2] = default;
        var key = _keyNew(_context);
        if (key == null)
            throw LibCrypto.TakeError("making an X25519 key");
        if (_keyImport(key, privateKey == null ? SelectPublic : SelectKeyPair, parameters) == 1)
            return key;
        _keyFree(key);
        throw LibCrypto.TakeError("reading an X25519 key");
    }

    private static Function* Find(nint provider, int operation)
    {
        int doNotStore;
        var algorithm = LibCrypto.ProviderOperation(provider, operation, &doNotStore);
        for (; algorithm != null && algorithm->Names != null; algorithm++)
        {
            // The first of the names, which colons part.
            var names = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(algorithm->Names);
            if (names.StartsWith("X25519"u8) && (names.Length == 6 || names[6] == ':'))
                return algorithm->Functions;
        }
        return null;
    }

    private static void* Find(Function* functions, int id)
    {
        for (; functions->Id != 0; functions++)
        {
            if (functions->Id == id)
                return functions->Address;
        }
        return null;
    }

    /// <summary>OSSL_ALGORITHM.</summary>
    internal readonly struct Algorithm
    {
        public readonly byte* Names;
        public readonly byte* Properties;
        public readonly Function* Functions;
        public readonly byte* Description;
    }

    /// <summary>OSSL_DISPATCH.</summary>
    internal readonly struct Function
    {
        public readonly int Id;
        public readonly void* Address;
    }
}
