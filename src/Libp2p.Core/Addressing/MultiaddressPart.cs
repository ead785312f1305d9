using System.Diagnostics.CodeAnalysis;

namespace Libp2p;

/// <summary>One part of a <see cref="Multiaddress"/>: a protocol and its value, if it has one. Immutable; compared by its bytes.</summary>
public readonly struct MultiaddressPart : IEquatable<MultiaddressPart>
{
    readonly byte[] _source;
    readonly ushort _start;
    readonly ushort _valueStart;
    readonly ushort _end;

    internal MultiaddressPart(MultiaddressProtocol protocol, byte[] source, int start, int valueStart, int end)
    {
        Protocol = protocol;
        _source = source;
        _start = (ushort)start;
        _valueStart = (ushort)valueStart;
        _end = (ushort)end;
    }

    /// <summary>The protocol.</summary>
    public MultiaddressProtocol Protocol { get; }

    /// <summary>The value in its binary form, without the length before it; empty where the protocol has none.</summary>
    public ReadOnlyMemory<byte> Bytes => _source.AsMemory(_valueStart, _end - _valueStart);

    /// <summary>The value as text; empty where the protocol has none. The value of a path begins with its slash.</summary>
    public string Value => Protocol is { HasValue: true } ? Protocol.Codec.Format(Bytes.Span) : "";

    /// <summary>Code, length and value as they stand in the address.</summary>
    internal ReadOnlySpan<byte> Encoded => _source.AsSpan(_start, _end - _start);

    internal int Start => _start;

    /// <summary>Makes a part of a protocol that has no value.</summary>
    /// <exception cref="ArgumentException">The protocol takes a value.</exception>
    public static MultiaddressPart Create(MultiaddressProtocol protocol) => Create(protocol, "");

    /// <summary>Makes a part.</summary>
    /// <param name="protocol">The protocol.</param>
    /// <param name="value">Its value as text, empty where it has none.</param>
    /// <exception cref="ArgumentException">The value is not one of the protocol.</exception>
    public static MultiaddressPart Create(MultiaddressProtocol protocol, ReadOnlySpan<char> value) =>
        TryCreate(protocol, value, out var part, out var error) ? part : throw new ArgumentException(error, nameof(value));

    /// <summary>Makes a part of a value that came from outside.</summary>
    /// <param name="protocol">The protocol.</param>
    /// <param name="value">Its value as text, empty where it has none.</param>
    /// <param name="part">The part.</param>
    /// <param name="error">What is wrong with the value, on one line.</param>
    public static bool TryCreate(MultiaddressProtocol protocol, ReadOnlySpan<char> value, out MultiaddressPart part, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(protocol);
        part = default;
        if (MultiaddressCodec.EncodePart(protocol, value, out error) is { } encoded)
            part = new(protocol, encoded.Bytes, 0, encoded.ValueStart, encoded.Bytes.Length);
        return error is null;
    }

    /// <inheritdoc/>
    public bool Equals(MultiaddressPart other) => Encoded.SequenceEqual(other.Encoded);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is MultiaddressPart other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Encoded);
        return hash.ToHashCode();
    }

    /// <summary>The part as it stands in the text form, such as "/tcp/4001".</summary>
    public override string ToString() => Protocol switch
    {
        null => "",
        { HasValue: false } => $"/{Protocol.Name}",
        { IsPath: true } => $"/{Protocol.Name}{Value}",
        _ => $"/{Protocol.Name}/{Value}",
    };

    /// <summary>Whether two parts have the same bytes.</summary>
    public static bool operator ==(MultiaddressPart left, MultiaddressPart right) => left.Equals(right);

    /// <summary>Whether two parts differ.</summary>
    public static bool operator !=(MultiaddressPart left, MultiaddressPart right) => !left.Equals(right);
}
