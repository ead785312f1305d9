namespace Libp2p;

/// <summary>
/// ECDSA signatures of 256-bit curves: DER <c>SEQUENCE { r, s }</c> on the wire, 64 bytes <c>r ‖ s</c> inside.
/// Decoding takes DER alone, so a signature cannot be rewritten into another valid encoding of itself.
/// </summary>
internal static class EcdsaSignatureCodec
{
    public const int ScalarLength = 32;
    public const int FixedLength = 2 * ScalarLength;

    /// <summary>The longest DER form: two integers of 33 bytes.</summary>
    public const int MaxDerLength = 2 + (2 * (2 + ScalarLength + 1));

    public static bool TryDecode(ReadOnlySpan<byte> der, Span<byte> fixedForm)
    {
        if (der.Length > MaxDerLength)
            return false;
        var outer = new DerReader(der);
        if (!outer.TryRead(DerReader.Sequence, out var content) || !outer.AtEnd)
            return false;
        var inner = new DerReader(content);
        return inner.TryReadUnsigned(out var r) && inner.TryReadUnsigned(out var s) && inner.AtEnd
            && TryPad(r, fixedForm[..ScalarLength]) && TryPad(s, fixedForm.Slice(ScalarLength, ScalarLength));
    }

    public static byte[] Encode(ReadOnlySpan<byte> fixedForm)
    {
        Span<byte> der = stackalloc byte[MaxDerLength];
        var length = 2;
        length += WriteInteger(fixedForm[..ScalarLength], der[length..]);
        length += WriteInteger(fixedForm[ScalarLength..], der[length..]);
        der[0] = DerReader.Sequence;
        der[1] = (byte)(length - 2);
        return der[..length].ToArray();
    }

    static bool TryPad(ReadOnlySpan<byte> magnitude, Span<byte> scalar)
    {
        if (magnitude.Length > ScalarLength)
            return false;
        scalar.Clear();
        magnitude.CopyTo(scalar[(ScalarLength - magnitude.Length)..]);
        return true;
    }

    static int WriteInteger(ReadOnlySpan<byte> scalar, Span<byte> destination)
    {
        var magnitude = scalar.TrimStart((byte)0);
        if (magnitude.IsEmpty)
            magnitude = scalar[^1..];
        var sign = magnitude[0] >= 0x80 ? 1 : 0;
        destination[0] = DerReader.Integer;
        destination[1] = (byte)(sign + magnitude.Length);
        destination[2] = 0;
        magnitude.CopyTo(destination[(2 + sign)..]);
        return 2 + sign + magnitude.Length;
    }
}
