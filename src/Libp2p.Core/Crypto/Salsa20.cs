using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;

namespace Libp2p;

/// <summary>
/// The stream cipher Salsa20/20 with a key of 256 bits (Bernstein, "The Salsa20 family of stream ciphers"), and XSalsa20, which
/// takes a nonce of 192 bits ("Extending the Salsa20 nonce"). Constant-time: additions, rotations and exclusive ors alone. It
/// hides, and proves nothing. Not safe for concurrent use.
/// </summary>
internal sealed class Salsa20
{
    /// <summary>Bytes of a key.</summary>
    public const int KeyLength = 32;

    /// <summary>Bytes of the nonce of Salsa20.</summary>
    public const int NonceLength = 8;

    /// <summary>Bytes of the nonce of XSalsa20.</summary>
    public const int ExtendedNonceLength = 24;

    private const int Words = 16;
    private const int BlockLength = 64;
    private const int Rounds = 20;

    /// <summary>How many blocks are made at once: one in each lane of a vector.</summary>
    private const int Lanes = 8;

    private const int StrideLength = Lanes * BlockLength;

    private readonly uint[] _input = new uint[Words];
    private readonly byte[] _stream = new byte[StrideLength];
    private ulong _counter;
    private int _used = StrideLength;

    private readonly bool _hasVectors;

    private Salsa20(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, bool useVectors)
    {
        Fill(_input, key, nonce);
        _hasVectors = useVectors && Avx2.IsSupported;
    }

    /// <summary>Begins a stream of Salsa20.</summary>
    /// <param name="key">32 bytes.</param>
    /// <param name="nonce">8 bytes.</param>
    /// <param name="useVectors">Whether several blocks are made at once where the machine can.</param>
    public static Salsa20 Create(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, bool useVectors = true)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(nonce.Length, NonceLength, nameof(nonce));
        Span<byte> block = stackalloc byte[16];
        block.Clear();
        nonce.CopyTo(block);
        return new Salsa20(key, block, useVectors);
    }

    /// <summary>Begins a stream of XSalsa20.</summary>
    /// <param name="key">32 bytes.</param>
    /// <param name="nonce">24 bytes.</param>
    /// <param name="useVectors">Whether several blocks are made at once where the machine can.</param>
    public static Salsa20 CreateExtended(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, bool useVectors = true)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(nonce.Length, ExtendedNonceLength, nameof(nonce));
        Span<uint> words = stackalloc uint[Words];
        Span<byte> derived = stackalloc byte[KeyLength];
        try
        {
            Fill(words, key, nonce[..16]);
            Permute(words);
            ReadOnlySpan<byte> order = [0, 5, 10, 15, 6, 7, 8, 9];
            for (var i = 0; i < order.Length; i++)
                BinaryPrimitives.WriteUInt32LittleEndian(derived[(4 * i)..], words[order[i]]);
            return Create(derived, nonce[16..], useVectors);
        }
        finally
        {
            words.Clear();
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    /// <summary>Encrypts or decrypts the next bytes of the stream, in place.</summary>
    public void Apply(Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_used == StrideLength)
            {
                while (_hasVectors && bytes.Length >= StrideLength)
                {
                    ApplyStride(bytes);
                    bytes = bytes[StrideLength..];
                }
                if (bytes.IsEmpty)
                    return;
                _stream.AsSpan().Clear();
                if (_hasVectors)
                    ApplyStride(_stream);
                else
                    FillStream();
                _used = 0;
            }
            var count = Math.Min(bytes.Length, StrideLength - _used);
            Xor(bytes[..count], _stream.AsSpan(_used, count));
            bytes = bytes[count..];
            _used += count;
        }
    }

    private static void Fill(Span<uint> words, ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, KeyLength, nameof(key));
        (words[0], words[5], words[10], words[15]) = (0x61707865, 0x3320646e, 0x79622d32, 0x6b206574); // "expand 32-byte k"
        for (var i = 0; i < 4; i++)
        {
            words[1 + i] = BinaryPrimitives.ReadUInt32LittleEndian(key[(4 * i)..]);
            words[6 + i] = BinaryPrimitives.ReadUInt32LittleEndian(nonce[(4 * i)..]);
            words[11 + i] = BinaryPrimitives.ReadUInt32LittleEndian(key[(16 + (4 * i))..]);
        }
    }

    private static void Xor(Span<byte> bytes, ReadOnlySpan<byte> stream)
    {
        for (; bytes.Length >= Vector<byte>.Count; bytes = bytes[Vector<byte>.Count..], stream = stream[Vector<byte>.Count..])
            (new Vector<byte>(bytes) ^ new Vector<byte>(stream)).CopyTo(bytes);
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] ^= stream[i];
    }

    /// <summary>The twenty rounds, without the addition at the end.</summary>
    private static void Permute(Span<uint> x)
    {
        for (var i = 0; i < Rounds; i += 2)
        {
            Quarter(ref x[0], ref x[4], ref x[8], ref x[12]);
            Quarter(ref x[5], ref x[9], ref x[13], ref x[1]);
            Quarter(ref x[10], ref x[14], ref x[2], ref x[6]);
            Quarter(ref x[15], ref x[3], ref x[7], ref x[11]);
            Quarter(ref x[0], ref x[1], ref x[2], ref x[3]);
            Quarter(ref x[5], ref x[6], ref x[7], ref x[4]);
            Quarter(ref x[10], ref x[11], ref x[8], ref x[9]);
            Quarter(ref x[15], ref x[12], ref x[13], ref x[14]);
        }
    }

    private static void Quarter(ref uint a, ref uint b, ref uint c, ref uint d)
    {
        b ^= BitOperations.RotateLeft(a + d, 7);
        c ^= BitOperations.RotateLeft(b + a, 9);
        d ^= BitOperations.RotateLeft(c + b, 13);
        a ^= BitOperations.RotateLeft(d + c, 18);
    }

    /// <summary>Makes the next stride block by block, where there are no vectors.</summary>
    private void FillStream()
    {
        Span<uint> words = stackalloc uint[Words];
        for (var block = 0; block < Lanes; block++, _counter++)
        {
            _input[8] = (uint)_counter;
            _input[9] = (uint)(_counter >> 32);
            _input.CopyTo(words);
            Permute(words);
            for (var i = 0; i < Words; i++)
                BinaryPrimitives.WriteUInt32LittleEndian(_stream.AsSpan((block * BlockLength) + (4 * i)), words[i] + _input[i]);
        }
        words.Clear();
    }

    /// <summary>Encrypts eight blocks at once: each vector holds one word of all of them.</summary>
    [SkipLocalsInit]
    private void ApplyStride(Span<byte> bytes)
    {
        ref var input = ref MemoryMarshal.GetArrayDataReference(_input);
        Vector256<uint> low, high;
        {
            var lower = Vector256.Create(_counter) + Vector256.Create(0UL, 1, 2, 3);
            var upper = lower + Vector256.Create(4UL);
            low = Vector256.Narrow(lower, upper);
            high = Vector256.Narrow(lower >>> 32, upper >>> 32);
        }
        _counter += Lanes;
        var x0 = Word(ref input, 0);
        var x1 = Word(ref input, 1);
        var x2 = Word(ref input, 2);
        var x3 = Word(ref input, 3);
        var x4 = Word(ref input, 4);
        var x5 = Word(ref input, 5);
        var x6 = Word(ref input, 6);
        var x7 = Word(ref input, 7);
        var x8 = low;
        var x9 = high;
        var x10 = Word(ref input, 10);
        var x11 = Word(ref input, 11);
        var x12 = Word(ref input, 12);
        var x13 = Word(ref input, 13);
        var x14 = Word(ref input, 14);
        var x15 = Word(ref input, 15);
        for (var i = 0; i < Rounds; i += 2)
        {
            x4 ^= Rotate(x0 + x12, 7);
            x9 ^= Rotate(x5 + x1, 7);
            x14 ^= Rotate(x10 + x6, 7);
            x3 ^= Rotate(x15 + x11, 7);
            x8 ^= Rotate(x4 + x0, 9);
            x13 ^= Rotate(x9 + x5, 9);
            x2 ^= Rotate(x14 + x10, 9);
            x7 ^= Rotate(x3 + x15, 9);
            x12 ^= Rotate(x8 + x4, 13);
            x1 ^= Rotate(x13 + x9, 13);
            x6 ^= Rotate(x2 + x14, 13);
            x11 ^= Rotate(x7 + x3, 13);
            x0 ^= Rotate(x12 + x8, 18);
            x5 ^= Rotate(x1 + x13, 18);
            x10 ^= Rotate(x6 + x2, 18);
            x15 ^= Rotate(x11 + x7, 18);

            x1 ^= Rotate(x0 + x3, 7);
            x6 ^= Rotate(x5 + x4, 7);
            x11 ^= Rotate(x10 + x9, 7);
            x12 ^= Rotate(x15 + x14, 7);
            x2 ^= Rotate(x1 + x0, 9);
            x7 ^= Rotate(x6 + x5, 9);
            x8 ^= Rotate(x11 + x10, 9);
            x13 ^= Rotate(x12 + x15, 9);
            x3 ^= Rotate(x2 + x1, 13);
            x4 ^= Rotate(x7 + x6, 13);
            x9 ^= Rotate(x8 + x11, 13);
            x14 ^= Rotate(x13 + x12, 13);
            x0 ^= Rotate(x3 + x2, 18);
            x5 ^= Rotate(x4 + x7, 18);
            x10 ^= Rotate(x9 + x8, 18);
            x15 ^= Rotate(x14 + x13, 18);
        }
        ref var at = ref MemoryMarshal.GetReference(bytes[..StrideLength]);
        Apply(ref at, x0 + Word(ref input, 0), x1 + Word(ref input, 1), x2 + Word(ref input, 2), x3 + Word(ref input, 3),
            x4 + Word(ref input, 4), x5 + Word(ref input, 5), x6 + Word(ref input, 6), x7 + Word(ref input, 7));
        Apply(ref Unsafe.Add(ref at, BlockLength / 2), x8 + low, x9 + high, x10 + Word(ref input, 10), x11 + Word(ref input, 11),
            x12 + Word(ref input, 12), x13 + Word(ref input, 13), x14 + Word(ref input, 14), x15 + Word(ref input, 15));
    }

    private static Vector256<uint> Word(ref uint input, int index) => Vector256.Create(Unsafe.Add(ref input, index));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Rotate(Vector256<uint> v, [ConstantExpected] byte count) =>
        Avx512F.VL.IsSupported ? Avx512F.VL.RotateLeft(v, count) : (v << count) | (v >>> (32 - count));

    /// <summary>Turns eight words of eight blocks into half of each block, and applies them to the bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Apply(
        ref byte at, Vector256<uint> w0, Vector256<uint> w1, Vector256<uint> w2, Vector256<uint> w3, Vector256<uint> w4, Vector256<uint> w5, Vector256<uint> w6, Vector256<uint> w7)
    {
        Transpose(ref w0, ref w1, ref w2, ref w3);
        Transpose(ref w4, ref w5, ref w6, ref w7);
        Apply(ref at, 0, w0, w4);
        Apply(ref at, 1, w1, w5);
        Apply(ref at, 2, w2, w6);
        Apply(ref at, 3, w3, w7);
    }

    /// <summary>Transposes four words of four blocks, in each half of the vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(ref Vector256<uint> a, ref Vector256<uint> b, ref Vector256<uint> c, ref Vector256<uint> d)
    {
        var ab0 = Avx2.UnpackLow(a, b).AsUInt64();
        var ab2 = Avx2.UnpackHigh(a, b).AsUInt64();
        var cd0 = Avx2.UnpackLow(c, d).AsUInt64();
        var cd2 = Avx2.UnpackHigh(c, d).AsUInt64();
        a = Avx2.UnpackLow(ab0, cd0).AsUInt32();
        b = Avx2.UnpackHigh(ab0, cd0).AsUInt32();
        c = Avx2.UnpackLow(ab2, cd2).AsUInt32();
        d = Avx2.UnpackHigh(ab2, cd2).AsUInt32();
    }

    /// <summary>Applies half of a block, and half of the block four further on, which is in the upper halves of the vectors.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Apply(ref byte at, int block, Vector256<uint> first, Vector256<uint> second)
    {
        ref var lower = ref Unsafe.Add(ref at, block * BlockLength);
        ref var upper = ref Unsafe.Add(ref at, (block + (Lanes / 2)) * BlockLength);
        (Vector256.LoadUnsafe(ref lower) ^ Avx2.Permute2x128(first, second, 0x20).AsByte()).StoreUnsafe(ref lower);
        (Vector256.LoadUnsafe(ref upper) ^ Avx2.Permute2x128(first, second, 0x31).AsByte()).StoreUnsafe(ref upper);
    }
}
