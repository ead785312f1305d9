using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Libp2p;

/// <summary>
/// A text encoding that writes the bytes as one big number (base10, base36, base58), a leading zero byte as the zero digit.
/// Its work grows with the square of the length, so both directions are bounded.
/// </summary>
internal sealed class PositionalAlphabet
{
    /// <summary>The most digits that are decoded.</summary>
    public const int MaxText = 4096;

    /// <summary>The most bytes that are encoded, and that decoding may yield: in any radix from 10 up their text stays below <see cref="MaxText"/>.</summary>
    public const int MaxBytes = 1536;

    const int StackLimbs = 64;
    readonly string _digits;
    readonly sbyte[] _values = new sbyte[128];
    readonly uint[] _powers;

    public PositionalAlphabet(string digits, bool ignoreCase)
    {
        _digits = digits;
        _values.AsSpan().Fill(-1);
        for (var i = 0; i < digits.Length; i++)
        {
            _values[digits[i]] = (sbyte)i;
            if (ignoreCase)
            {
                _values[char.ToLowerInvariant(digits[i])] = (sbyte)i;
                _values[char.ToUpperInvariant(digits[i])] = (sbyte)i;
            }
        }

        // Several digits are moved per step over the number: as many as a 32-bit limb can hold.
        var powers = new List<uint> { 1 };
        while ((ulong)powers[^1] * (uint)digits.Length <= uint.MaxValue)
            powers.Add(powers[^1] * (uint)digits.Length);
        _powers = [.. powers];
    }

    int DigitsPerLimb => _powers.Length - 1;

    /// <exception cref="ArgumentException">There are more than <see cref="MaxBytes"/> bytes.</exception>
    public string Encode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > MaxBytes)
            throw new ArgumentException($"{bytes.Length} bytes are more than the {MaxBytes} that this encoding takes; use base32 or base64.", nameof(bytes));

        var zeros = bytes.IndexOfAnyExcept((byte)0);
        if (zeros < 0)
            return new string(_digits[0], bytes.Length);
        var number = bytes[zeros..];

        var used = (number.Length + 3) / 4;
        Span<uint> limbs = used <= StackLimbs ? stackalloc uint[StackLimbs] : new uint[used];
        Span<byte> padded = stackalloc byte[4];
        for (var i = 0; i < used; i++)
        {
            var end = number.Length - (4 * i);
            var part = number[Math.Max(0, end - 4)..end];
            padded.Clear();
            part.CopyTo(padded[(4 - part.Length)..]);
            limbs[i] = BinaryPrimitives.ReadUInt32BigEndian(padded);
        }

        var room = (int)(number.Length * 8 / Math.Log2(_digits.Length)) + 1 + DigitsPerLimb;
        Span<char> text = room <= 256 ? stackalloc char[256] : new char[room];
        var start = text.Length;
        while (used > 0)
        {
            ulong remainder = 0;
            for (var i = used - 1; i >= 0; i--)
            {
                var (quotient, rest) = Math.DivRem((remainder << 32) | limbs[i], _powers[^1]);
                limbs[i] = (uint)quotient;
                remainder = rest;
            }

            if (limbs[used - 1] == 0)
                used--;
            for (var i = 0; i < DigitsPerLimb && (used > 0 || remainder > 0); i++)
            {
                text[--start] = _digits[(int)(remainder % (uint)_digits.Length)];
                remainder /= (uint)_digits.Length;
            }
        }

        return string.Concat(new string(_digits[0], zeros), text[start..]);
    }

    public bool TryDecode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (text.Length > MaxText)
            return false;
        var zeros = text.IndexOfAnyExcept(_digits[0]);
        if (zeros < 0)
            zeros = text.Length;
        var number = text[zeros..];

        var room = (number.Length / DigitsPerLimb) + 1;
        Span<uint> limbs = room <= StackLimbs ? stackalloc uint[StackLimbs] : new uint[room];
        var used = 0;
        while (!number.IsEmpty)
        {
            var count = Math.Min(DigitsPerLimb, number.Length);
            ulong carry = 0;
            foreach (var c in number[..count])
            {
                var digit = c < _values.Length ? _values[c] : -1;
                if (digit < 0)
                    return false;
                carry = (carry * (uint)_digits.Length) + (uint)digit;
            }

            for (var i = 0; i < used; i++)
            {
                carry += (ulong)limbs[i] * _powers[count];
                limbs[i] = (uint)carry;
                carry >>= 32;
            }

            if (carry > 0)
                limbs[used++] = (uint)carry;
            number = number[count..];
        }

        var length = used == 0 ? 0 : (4 * used) - (System.Numerics.BitOperations.LeadingZeroCount(limbs[used - 1]) / 8);
        if (zeros + length > MaxBytes)
            return false;
        bytes = new byte[zeros + length];
        for (var i = 0; i < length; i++)
            bytes[^(i + 1)] = (byte)(limbs[i / 4] >> (8 * (i % 4)));
        return true;
    }
}
