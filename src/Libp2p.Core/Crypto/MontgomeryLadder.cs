using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Libp2p;

/// <summary>X25519 itself: the constant-time ladder on curve25519 (RFC 7748 §5).</summary>
internal static class MontgomeryLadder
{
    /// <summary>(486662 - 2) / 4.</summary>
    private const uint A24 = 121665;

    /// <summary>Multiplies the point of the given u by the clamped scalar. The top bit of u is not read, and u may be p or more.</summary>
    /// <param name="scalar">32 bytes, clamped already.</param>
    /// <param name="u">32 bytes.</param>
    /// <param name="result">Receives 32 bytes.</param>
    public static void Multiply(ReadOnlySpan<byte> scalar, ReadOnlySpan<byte> u, Span<byte> result)
    {
        Span<FieldElement> state = stackalloc FieldElement[4];
        ref var x2 = ref state[0];
        ref var z2 = ref state[1];
        ref var x3 = ref state[2];
        ref var z3 = ref state[3];
        var x1 = FieldElement.Decode(u);
        x2 = FieldElement.From(1);
        z2 = default;
        x3 = x1;
        z3 = FieldElement.From(1);
        ulong swapped = 0;
        for (var i = 254; i >= 0; i--)
        {
            var bit = (ulong)((scalar[i / 8] >> (i & 7)) & 1);
            var mask = 0UL - (swapped ^ bit);
            swapped = bit;
            FieldElement.Swap(mask, ref x2, ref x3);
            FieldElement.Swap(mask, ref z2, ref z3);

            var a = x2 + z2;
            var b = x2 - z2;
            var da = (x3 - z3) * a;
            var cb = (x3 + z3) * b;
            var aa = a.Square();
            var bb = b.Square();
            var e = aa - bb;
            x3 = (da + cb).Square();
            z3 = (da - cb).Square() * x1;
            x2 = aa * bb;
            z2 = e * (aa + e.Multiply(A24));
        }
        FieldElement.Swap(0UL - swapped, ref x2, ref x3);
        FieldElement.Swap(0UL - swapped, ref z2, ref z3);
        (x2 * z2.Invert()).Encode(result);
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(state));
    }
}
