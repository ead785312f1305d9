using System.Runtime.InteropServices;

namespace Libp2p;

internal static unsafe partial class LibCrypto
{
    [LibraryImport(Library, EntryPoint = "EVP_MD_fetch")]
    public static partial nint DigestFetch(nint libraryContext, byte* algorithm, byte* properties);

    [LibraryImport(Library, EntryPoint = "EVP_Digest")]
    public static partial int Digest(byte* bytes, nuint length, byte* hash, uint* hashLength, nint algorithm, nint engine);
}
