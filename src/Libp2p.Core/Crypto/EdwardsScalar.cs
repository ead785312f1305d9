using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Libp2p;

/// <summary>Arithmetic modulo L = 2^252 + 27742317777372353535851937790883648493, the order of the base point, in constant time.</summary>
internal static class EdwardsScalar
{
    /// <summary>Bytes of a scalar.</summary>
    public const int Length = 32;

    private const int Words = 4;

    private static ReadOnlySpan<ulong> Order => [0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0, 0x1000000000000000];

    // floor(2^512 / L), by which Barrett's reduction estimates the quotient.
    private static ReadOnlySpan<ulong> Reciprocal =>
        [0xed9ce5a30a2c131b, 0x2106215d086329a7, 0xffffffffffffffeb, 0xffffffffffffffff, 0xf];

    /// <summary>Whether 32 bytes, little end first, are below L, as RFC 8032 §5.1.7 demands of S. In variable time.</summary>
    public static bool IsCanonical(ReadOnlySpan<byte> scalar)
    {
        for (var i = Words - 1; i >= 0; i--)
        {
            var word = BinaryPrimitives.ReadUInt64LittleEndian(scalar[(8 * i)..]);
            if (word != Order[i])
                return word < Order[i];
        }
        return false;
    }

    /// <summary>Reduces 64 bytes, little end first, modulo L.</summary>
    public static void Reduce(ReadOnlySpan<byte> wide, Span<byte> scalar)
    {
        Span<ulong> words = stackalloc ulong[2 * Words];
        Read(wide, words);
        ReduceWords(words, scalar);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(words));
    }

    /// <summary>Computes a·b + c modulo L for any three numbers of 32 bytes of which one factor is below L.</summary>
    public static void MultiplyAdd(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c, Span<byte> scalar)
    {
        Span<ulong> words = stackalloc ulong[(3 * Words) + (2 * Words)];
        var product = words[(3 * Words)..];
        Read(a, words[..Words]);
        Read(b, words[Words..(2 * Words)]);
        Read(c, words[(2 * Words)..(3 * Words)]);
        Multiply(words[..Words], words[Words..(2 * Words)], product);
        ulong carry = 0;
        for (var i = 0; i < product.Length; i++)
            product[i] = AddWithCarry(product[i], i < Words ? words[(2 * Words) + i] : 0, ref carry);
        ReduceWords(product, scalar);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(words));
    }

    /// <summary>Barrett's reduction (Handbook of Applied Cryptography, 14.42) with b = 2^64 and k = 4.</summary>
    private static void ReduceWords(ReadOnlySpan<ulong> value, Span<byte> scalar)
    {
        const int Wider = Words + 1;
        Span<ulong> scratch = stackalloc ulong[(2 * Wider) + (Wider + Words) + Wider + Wider];
        var estimate = scratch[..(2 * Wider)];
        var multiple = scratch[(2 * Wider)..((2 * Wider) + Wider + Words)];
        var rest = scratch[^(2 * Wider)..^Wider];
        var reduced = scratch[^Wider..];

        // The estimate of the quotient is at most two too small, so two conditional subtractions finish.
        Multiply(value[(Words - 1)..], Reciprocal, estimate);
        Multiply(estimate[Wider..], Order, multiple);
        ulong borrow = 0;
        for (var i = 0; i < Wider; i++)
            rest[i] = SubtractWithBorrow(value[i], multiple[i], ref borrow);
        for (var round = 0; round < 2; round++)
        {
            borrow = 0;
            for (var i = 0; i < Wider; i++)
                reduced[i] = SubtractWithBorrow(rest[i], i < Words ? Order[i] : 0, ref borrow);
            var keep = 0UL - borrow;
            for (var i = 0; i < Wider; i++)
                rest[i] = reduced[i] ^ (keep & (reduced[i] ^ rest[i]));
        }
        for (var i = 0; i < Words; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(scalar[(8 * i)..], rest[i]);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(scratch));
    }

    private static void Read(ReadOnlySpan<byte> bytes, Span<ulong> words)
    {
        for (var i = 0; i < words.Length; i++)
            words[i] = BinaryPrimitives.ReadUInt64LittleEndian(bytes[(8 * i)..]);
    }

    private static void Multiply(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b, Span<ulong> product)
    {
        product.Clear();
        for (var i = 0; i < a.Length; i++)
        {
            ulong carry = 0;
            for (var j = 0; j < b.Length; j++)
            {
                // (2^64-1)^2 + 2(2^64-1) is 2^128-1: the two additions cannot overflow the high word.
                var high = Math.BigMul(a[i], b[j], out var low);
                ulong overflow = 0;
                low = AddWithCarry(low, carry, ref overflow);
                high += overflow;
                overflow = 0;
                product[i + j] = AddWithCarry(product[i + j], low, ref overflow);
                carry = high + overflow;
            }
            product[i + b.Length] = carry;
        }
    }

    private static ulong AddWithCarry(ulong a, ulong b, ref ulong carry)
    {
        var sum = a + b;
        var total = sum + carry;
        carry = (((a & b) | ((a | b) & ~sum)) | (sum & ~total)) >> 63;
        return total;
    }

    private static ulong SubtractWithBorrow(ulong a, ulong b, ref ulong borrow)
    {
        var difference = a - b;
        var total = difference - borrow;
        borrow = (((~a & b) | (~(a ^ b) & difference)) | (~difference & total)) >> 63;
        return total;
    }
}
