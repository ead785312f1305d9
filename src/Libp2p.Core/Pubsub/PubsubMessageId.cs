using System.Diagnostics.CodeAnalysis;

namespace Libp2p;

/// <summary>What tells one message from another: bytes that a function of the topic makes (pubsub specification, "Message Identification"). Equal by value.</summary>
public readonly struct PubsubMessageId : IEquatable<PubsubMessageId>
{
    /// <summary>The most bytes; the longest in use is an RSA key of 8192 bits with a sequence number behind it.</summary>
    public const int MaxLength = 1152;

    private readonly byte[]? _bytes;
    private readonly int _hashCode;

    /// <summary>Makes an id of a copy of the bytes.</summary>
    /// <exception cref="ArgumentException">There are none, or more than <see cref="MaxLength"/>.</exception>
    public PubsubMessageId(ReadOnlySpan<byte> bytes)
        : this(bytes.ToArray())
    {
    }

    internal PubsubMessageId(byte[] bytes)
    {
        if (bytes.Length is 0 or > MaxLength)
            throw new ArgumentException($"A message id has 1 to {MaxLength} bytes, not {bytes.Length}.", nameof(bytes));
        _bytes = bytes;
        // Strangers choose message ids, so the hash is the process's own and not a part of the bytes.
        var hash = new HashCode();
        hash.AddBytes(bytes);
        _hashCode = hash.ToHashCode();
    }

    /// <summary>The bytes; none in the default value, which is no id.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>The bytes, as <see cref="Bytes"/>.</summary>
    public ReadOnlySpan<byte> Span => _bytes;

    /// <inheritdoc/>
    public bool Equals(PubsubMessageId other) =>
        ReferenceEquals(_bytes, other._bytes) || (_hashCode == other._hashCode && Span.SequenceEqual(other.Span));

    /// <inheritdoc/>
    public override bool Equals([NotNullWhen(true)] object? obj) => obj is PubsubMessageId other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _hashCode;

    /// <summary>Whether both are the same bytes.</summary>
    public static bool operator ==(PubsubMessageId left, PubsubMessageId right) => left.Equals(right);

    /// <summary>Whether the bytes differ.</summary>
    public static bool operator !=(PubsubMessageId left, PubsubMessageId right) => !left.Equals(right);

    /// <summary>The bytes in hexadecimal, for people.</summary>
    public override string ToString() => Convert.ToHexStringLower(Span);
}
