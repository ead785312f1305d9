using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Libp2p;

/// <summary>
/// A domain name (RFC 1035, section 3.1): labels of 1 to 63 bytes, 255 bytes in all. Immutable. Two are equal when they differ
/// in the case of ASCII letters only.
/// </summary>
internal sealed class DnsName : IEquatable<DnsName>
{
    /// <summary>The most bytes of a name, its lengths and its end among them.</summary>
    public const int MaxBytes = 255;

    /// <summary>The most bytes of a label.</summary>
    public const int MaxLabel = 63;

    private readonly byte[] _wire;

    // Only for bytes that were checked.
    private DnsName(byte[] wire) => _wire = wire;

    /// <summary>The root, which has no label.</summary>
    public static DnsName Root { get; } = new([0]);

    /// <summary>The name as it is sent, without compression: each label behind its length, and a zero.</summary>
    public ReadOnlySpan<byte> Wire => _wire;

    /// <summary>The labels, the first first.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Labels
    {
        get
        {
            var labels = new List<ReadOnlyMemory<byte>>();
            for (var at = 0; _wire[at] != 0; at += 1 + _wire[at])
                labels.Add(_wire.AsMemory(at + 1, _wire[at]));
            return labels;
        }
    }

    /// <summary>Reads labels between dots, in UTF-8 where they are not ASCII; a dot at the end may stand or not.</summary>
    /// <returns>False where a label is empty or too long, or the name is.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out DnsName? name)
    {
        name = text is "." ? Root : null;
        if (text is ['.'] or [])
            return name is not null;
        var wire = new List<byte>(text.Length + 2);
        foreach (var range in (text[^1] == '.' ? text[..^1] : text).Split('.'))
        {
            var label = text[range];
            var length = label.Length > MaxLabel ? int.MaxValue : Encoding.UTF8.GetByteCount(label);
            if (length is 0 or > MaxLabel)
                return false;
            wire.Add((byte)length);
            wire.AddRange(Encoding.UTF8.GetBytes(label.ToArray()));
        }
        wire.Add(0);
        name = wire.Count <= MaxBytes ? new([.. wire]) : null;
        return name is not null;
    }

    /// <summary>Puts a label before a name.</summary>
    /// <returns>False where the label is empty or too long, or the name then is.</returns>
    public static bool TryPrepend(ReadOnlySpan<byte> label, DnsName rest, [NotNullWhen(true)] out DnsName? name)
    {
        var fits = label.Length is > 0 and <= MaxLabel && label.Length + 1 + rest._wire.Length <= MaxBytes;
        name = fits ? new([(byte)label.Length, .. label, .. rest._wire]) : null;
        return fits;
    }

    /// <summary>Takes a name that was read and checked: labels behind their lengths, and a zero.</summary>
    internal static DnsName FromWire(ReadOnlySpan<byte> wire) => wire.Length == 1 ? Root : new(wire.ToArray());

    /// <summary>The same name with the case of each letter by a bit, taken in turn.</summary>
    public DnsName WithCase(ReadOnlySpan<byte> bits)
    {
        var wire = _wire.ToArray();
        for (var at = 0; wire[at] != 0; at += 1 + wire[at])
        {
            for (var i = at + 1; i <= at + wire[at]; i++)
            {
                if (char.IsAsciiLetter((char)wire[i]))
                    wire[i] = (byte)((wire[i] & ~0x20) | (((bits[i / 8 % bits.Length] >> (i % 8)) & 1) << 5));
            }
        }
        return new(wire);
    }

    /// <summary>Equal in the case of letters too.</summary>
    public bool EqualsExactly(DnsName other) => _wire.AsSpan().SequenceEqual(other._wire);

    /// <inheritdoc/>
    public bool Equals(DnsName? other)
    {
        if (other is null || other._wire.Length != _wire.Length)
            return false;
        for (var i = 0; i < _wire.Length; i++)
        {
            if (Fold(_wire[i]) != Fold(other._wire[i]))
                return false;
        }
        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DnsName);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var b in _wire)
            hash.Add(Fold(b));
        return hash.ToHashCode();
    }

    /// <summary>The labels between dots, without one at the end; what is no visible ASCII, and a dot within a label, as an escape (RFC 1035, section 5.1).</summary>
    public override string ToString()
    {
        if (_wire.Length == 1)
            return ".";
        var text = new StringBuilder(_wire.Length);
        foreach (var label in Labels)
        {
            if (text.Length > 0)
                text.Append('.');
            foreach (var b in label.Span)
            {
                if (b is (byte)'.' or (byte)'\\')
                    text.Append('\\').Append((char)b);
                else if (b is > 0x20 and < 0x7f)
                    text.Append((char)b);
                else
                    text.Append(CultureInfo.InvariantCulture, $"\\{b:000}");
            }
        }
        return text.ToString();
    }

    // A length is below 64 and so never taken for a letter.
    private static byte Fold(byte b) => b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b;
}
