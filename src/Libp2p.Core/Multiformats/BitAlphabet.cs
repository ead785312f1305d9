using System.Diagnostics.CodeAnalysis;

namespace Libp2p;

/// <summary>
/// A text encoding in the manner of RFC 4648: each character carries a fixed number of bits, most significant first.
/// Decoding is strict: the bits left over are zero, the padding is there exactly where the encoding has it, no white space.
/// </summary>
internal sealed class BitAlphabet
{
    readonly string _characters;
    readonly sbyte[] _values = new sbyte[128];
    readonly int _bits;
    readonly int _group;

    /// <param name="characters">2^bits characters.</param>
    /// <param name="bits">Bits a character, 1 to 6.</param>
    /// <param name="group">Characters that padding fills up to, or 1 where there is no padding.</param>
    /// <param name="ignoreCase">Whether decoding takes either case of a letter.</param>
    public BitAlphabet(string characters, int bits, int group, bool ignoreCase)
    {
        _characters = characters;
        _bits = bits;
        _group = group;
        _values.AsSpan().Fill(-1);
        for (var i = 0; i < characters.Length; i++)
        {
            _values[characters[i]] = (sbyte)i;
            if (ignoreCase)
            {
                _values[char.ToLowerInvariant(characters[i])] = (sbyte)i;
                _values[char.ToUpperInvariant(characters[i])] = (sbyte)i;
            }
        }
    }

    public string Encode(ReadOnlySpan<byte> bytes, char? prefix = null)
    {
        var characters = checked((int)((((long)bytes.Length * 8) + _bits - 1) / _bits));
        var padded = checked((characters + _group - 1) / _group * _group);
        var text = new char[checked(padded + 1)];
        var at = 0;
        if (prefix is { } first)
            text[at++] = first;
        uint pending = 0;
        var held = 0;
        foreach (var b in bytes)
        {
            pending = (pending << 8) | b;
            held += 8;
            while (held >= _bits)
            {
                held -= _bits;
                text[at++] = _characters[(int)(pending >> held) & ((1 << _bits) - 1)];
            }
        }

        if (held > 0)
            text[at++] = _characters[(int)(pending << (_bits - held)) & ((1 << _bits) - 1)];
        var end = padded + (prefix is null ? 0 : 1);
        text.AsSpan(at, end - at).Fill('=');
        return new string(text, 0, end);
    }

    public bool TryDecode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        var characters = text;
        if (_group > 1)
        {
            if (text.Length % _group != 0)
                return false;
            characters = text.TrimEnd('=');
            if (text.Length - characters.Length >= _group)
                return false;
        }

        var length = (int)((long)characters.Length * _bits / 8);

        // A last character that adds no byte is one that no encoder writes.
        if (((long)length * 8) + _bits <= (long)characters.Length * _bits)
            return false;
        var decoded = new byte[length];
        var at = 0;
        uint pending = 0;
        var held = 0;
        foreach (var c in characters)
        {
            var value = c < _values.Length ? _values[c] : -1;
            if (value < 0)
                return false;
            pending = (pending << _bits) | (uint)value;
            held += _bits;
            if (held >= 8)
            {
                held -= 8;
                decoded[at++] = (byte)(pending >> held);
            }
        }

        if ((pending & ((1u << held) - 1)) != 0)
            return false;
        bytes = decoded;
        return true;
    }
}
