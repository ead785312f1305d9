using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Libp2p;

/// <summary>
/// SHA-256 of what is short and many. The base class library looks the algorithm up for each hash, which takes as long as hashing a
/// kilobyte; here that is done once, where libcrypto 3 is present.
/// </summary>
internal static unsafe class Sha256
{
    private static readonly nint Algorithm = Fetch();

    /// <summary>Hashes bytes.</summary>
    /// <param name="bytes">What is hashed.</param>
    /// <param name="hash">Gets the 32 bytes of the hash.</param>
    public static void Hash(ReadOnlySpan<byte> bytes, Span<byte> hash)
    {
        if (Algorithm == 0)
        {
            SHA256.HashData(bytes, hash);
            return;
        }
        ArgumentOutOfRangeException.ThrowIfLessThan(hash.Length, SHA256.HashSizeInBytes);
        fixed (byte* from = &MemoryMarshal.GetReference(bytes), to = &MemoryMarshal.GetReference(hash))
        {
            if (LibCrypto.Digest(from, (nuint)bytes.Length, to, null, Algorithm, 0) != 1)
                throw LibCrypto.TakeError("EVP_Digest");
        }
    }

    private static nint Fetch()
    {
        if (CurveProviders.ManagedForced || !LibCrypto.IsPresent())
            return 0;
        fixed (byte* name = "SHA256\0"u8)
        {
            var algorithm = LibCrypto.DigestFetch(0, name, null);
            if (algorithm == 0)
                LibCrypto.ErrorClear();
            return algorithm;
        }
    }
}
