using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Libp2p;

/// <summary>The entry points of OpenSSL 3's libcrypto that the curves and the AEADs use.</summary>
[SuppressMessage("Security", "CA5392", Justification = "The resolver below loads the library; no search path is consulted.")]
internal static unsafe partial class LibCrypto
{
    private const string Library = "libcrypto";

    private static readonly nint Handle = Load();

    static LibCrypto()
    {
        if (Handle != 0)
            NativeLibrary.SetDllImportResolver(typeof(LibCrypto).Assembly, Resolve);
    }

    /// <summary>Whether a libcrypto of major version 3 is loaded. Nothing else here may be called where it is not.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool IsPresent() => Handle != 0;

    /// <summary>Makes an exception from the thread's error queue and empties the queue.</summary>
    public static CryptographicException TakeError(string operation)
    {
        var code = ErrorPeekLast();
        ErrorClear();
        if (code == 0)
            return new CryptographicException($"OpenSSL failed at {operation} and gave no reason.");
        var text = stackalloc byte[256];
        ErrorString(code, text, 256);
        var reason = Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));
        return new CryptographicException($"OpenSSL failed at {operation}: {reason}.");
    }

    // The soname that .NET itself opens. Windows is left out: a bare DLL name there may be answered by whoever can write to the search path.
    private static string? SharedObject() =>
        OperatingSystem.IsLinux() || OperatingSystem.IsFreeBSD() ? "libcrypto.so.3"
        : OperatingSystem.IsMacOS() ? "libcrypto.3.dylib"
        : null;

    private static nint Load()
    {
        if (SharedObject() is not { } name || !NativeLibrary.TryLoad(name, out var handle))
            return 0;
        if (NativeLibrary.TryGetExport(handle, "OPENSSL_version_major", out var entry)
            && ((delegate* unmanaged[Cdecl]<uint>)entry)() == 3)
        {
            return handle;
        }
        NativeLibrary.Free(handle);
        return 0;
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath) => name == Library ? Handle : 0;

    [LibraryImport(Library, EntryPoint = "ERR_peek_last_error")]
    private static partial nuint ErrorPeekLast();

    [LibraryImport(Library, EntryPoint = "ERR_error_string_n")]
    private static partial void ErrorString(nuint code, byte* text, nuint length);

    /// <summary>Empties the thread's error queue, which .NET's own use of the library would otherwise find and misread.</summary>
    [LibraryImport(Library, EntryPoint = "ERR_clear_error")]
    public static partial void ErrorClear();

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_new_raw_private_key")]
    public static partial nint KeyNewRawPrivate(int type, nint engine, byte* key, nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_new_raw_public_key")]
    public static partial nint KeyNewRawPublic(int type, nint engine, byte* key, nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_get_raw_public_key")]
    public static partial int KeyGetRawPublic(nint key, byte* publicKey, nuint* length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_free")]
    public static partial void KeyFree(nint key);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_CTX_new_from_name")]
    public static partial nint KeyContextFromName(nint libraryContext, byte* name, byte* properties);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_CTX_free")]
    public static partial void KeyContextFree(nint context);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_fromdata_init")]
    public static partial int KeyFromDataInit(nint context);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_fromdata")]
    public static partial int KeyFromData(nint context, nint* key, int selection, LibCryptoParameter* parameters);

    [LibraryImport(Library, EntryPoint = "EVP_KEYMGMT_fetch")]
    public static partial nint KeyManagementFetch(nint libraryContext, byte* name, byte* properties);

    [LibraryImport(Library, EntryPoint = "EVP_KEYMGMT_get0_provider")]
    public static partial nint KeyManagementProvider(nint management);

    [LibraryImport(Library, EntryPoint = "OSSL_PROVIDER_query_operation")]
    public static partial LibCryptoKeyExchange.Algorithm* ProviderOperation(nint provider, int operation, int* doNotStore);

    [LibraryImport(Library, EntryPoint = "OSSL_PROVIDER_get0_provider_ctx")]
    public static partial void* ProviderContext(nint provider);

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_new")]
    public static partial nint DigestContextNew();

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_free")]
    public static partial void DigestContextFree(nint context);

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_copy_ex")]
    public static partial int DigestContextCopy(nint context, SigningContextHandle source);

    [LibraryImport(Library, EntryPoint = "EVP_DigestSignInit")]
    public static partial int SignInit(nint context, nint* keyContext, nint digest, nint engine, nint key);

    [LibraryImport(Library, EntryPoint = "EVP_DigestSign")]
    public static partial int Sign(nint context, byte* signature, nuint* signatureLength, byte* message, nuint messageLength);

    [LibraryImport(Library, EntryPoint = "EVP_DigestVerifyInit")]
    public static partial int VerifyInit(nint context, nint* keyContext, nint digest, nint engine, nint key);

    [LibraryImport(Library, EntryPoint = "EVP_DigestVerify")]
    public static partial int Verify(nint context, byte* signature, nuint signatureLength, byte* message, nuint messageLength);
}
