using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Libp2p;

/// <summary>The SHA-512 of Ed25519, over what comes in pieces.</summary>
internal static class Ed25519Hash
{
    /// <summary>Bytes of a hash.</summary>
    public const int Length = 64;

    // Up to this size the hashed input is put together on the stack; beyond it an incremental hash is worth its allocation.
    private const int StackMessageLength = 2048;

    /// <summary>Hashes two values of 32 bytes at most, and a message. Neither is left behind.</summary>
    [SkipLocalsInit]
    public static void Compute(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> message, Span<byte> hash)
    {
        var prefix = first.Length + second.Length;
        if (message.Length > StackMessageLength)
        {
            using var incremental = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
            incremental.AppendData(first);
            incremental.AppendData(second);
            incremental.AppendData(message);
            incremental.GetHashAndReset(hash);
            return;
        }
        Span<byte> buffer = stackalloc byte[(2 * 32) + StackMessageLength];
        first.CopyTo(buffer);
        second.CopyTo(buffer[first.Length..]);
        message.CopyTo(buffer[prefix..]);
        SHA512.HashData(buffer[..(prefix + message.Length)], hash);
        CryptographicOperations.ZeroMemory(buffer[..prefix]);
    }
}
