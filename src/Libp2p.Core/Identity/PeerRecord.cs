using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Libp2p;

/// <summary>
/// The addresses of a peer, with a number that rises with each new record, signed by the peer itself (RFC 0003; the domain and the
/// payload type are those that peers use, which are not the ones printed there). Immutable.
/// </summary>
public sealed class PeerRecord
{
    /// <summary>The domain of the envelope.</summary>
    public const string Domain = "libp2p-peer-record";

    /// <summary>The most addresses of a record, in both directions.</summary>
    public const int MaxAddresses = 500;

    /// <summary>The most bytes of an encoded record, in both directions: room for 500 addresses of common length.</summary>
    public const int MaxEncodedLength = 32 * 1024;

    const int PeerIdField = 1;
    const int SequenceField = 2;
    const int AddressField = 3;
    const int MultiaddressField = 1;

    readonly byte[] _encoded;

    /// <summary>Makes a record.</summary>
    /// <param name="peerId">Whose addresses they are.</param>
    /// <param name="sequence">Higher than that of every earlier record of the peer; the time in nanoseconds since 1970 is usual.</param>
    /// <param name="addresses">At most <see cref="MaxAddresses"/>.</param>
    /// <exception cref="ArgumentException">There are too many addresses, or the record would exceed <see cref="MaxEncodedLength"/>.</exception>
    public PeerRecord(PeerId peerId, ulong sequence, IEnumerable<Multiaddress> addresses)
        : this(peerId, sequence, [.. addresses])
    {
    }

    PeerRecord(PeerId peerId, ulong sequence, ImmutableArray<Multiaddress> addresses)
    {
        ArgumentNullException.ThrowIfNull(peerId);
        if (addresses.Length > MaxAddresses)
            throw new ArgumentException($"A peer record has at most {MaxAddresses} addresses, not {addresses.Length}.", nameof(addresses));
        PeerId = peerId;
        Sequence = sequence;
        Addresses = addresses;
        _encoded = Encode(peerId, sequence, addresses);
        if (_encoded.Length > MaxEncodedLength)
            throw new ArgumentException($"A peer record has at most {MaxEncodedLength} bytes, not {_encoded.Length}.", nameof(addresses));
    }

    /// <summary>The payload type of the envelope.</summary>
    public static ReadOnlySpan<byte> PayloadType => [0x03, 0x01];

    /// <summary>Whose addresses they are.</summary>
    public PeerId PeerId { get; }

    /// <summary>Orders the records of one peer: of two, the one with the higher number holds. It is no time, whatever it looks like.</summary>
    public ulong Sequence { get; }

    /// <summary>The addresses, in the order given, without those that were not understood.</summary>
    public ImmutableArray<Multiaddress> Addresses { get; }

    /// <summary>The encoding that goes into an envelope.</summary>
    public ReadOnlyMemory<byte> Encoded => _encoded;

    /// <summary>Signs the record.</summary>
    /// <param name="identity">The peer whose record it is.</param>
    /// <exception cref="ArgumentException">The identity is another peer's.</exception>
    public SignedEnvelope Seal(Identity identity)
    {
        ArgumentNullException.ThrowIfNull(identity);
        return identity.PeerId == PeerId
            ? SignedEnvelope.Seal(identity, Domain, PayloadType, _encoded)
            : throw new ArgumentException($"The record is of {PeerId}, so {identity.PeerId} cannot sign it.", nameof(identity));
    }

    /// <summary>
    /// Opens the envelope of a record: domain, payload type and signature must be right, and the signer must be the peer that the record
    /// is about (GHSA-wc36-xgcc-jwpr). Whether the peer is the one expected and the number is news is for the caller to say.
    /// </summary>
    /// <param name="envelopeBytes">What a peer sent; any bytes are safe.</param>
    /// <param name="record">The record, where the answer is true.</param>
    /// <param name="error">The reason in one line, where the answer is false.</param>
    public static bool TryOpen(
        ReadOnlySpan<byte> envelopeBytes, [NotNullWhen(true)] out PeerRecord? record, [NotNullWhen(false)] out string? error)
    {
        record = null;
        if (!SignedEnvelope.TryOpen(envelopeBytes, Domain, out var envelope, out error))
            return false;
        if (!envelope.PayloadType.Span.SequenceEqual(PayloadType))
        {
            error = "The payload of the signed envelope is not a peer record.";
            return false;
        }
        if (!TryDecode(envelope.Payload.Span, out record, out error))
            return false;
        if (record.PeerId.Matches(envelope.PublicKey))
            return true;
        error = $"The peer record is about {record.PeerId} and was signed by {PeerId.FromPublicKey(envelope.PublicKey)}.";
        record = null;
        return false;
    }

    /// <summary>
    /// Reads a record that is in no envelope, and that nobody vouches for. Any bytes are safe; those above
    /// <see cref="MaxEncodedLength"/> are refused. Addresses of protocols that are not known here are left out.
    /// </summary>
    /// <param name="bytes">The encoded record.</param>
    /// <param name="record">The record, where the answer is true.</param>
    /// <param name="error">The reason in one line, where the answer is false.</param>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out PeerRecord? record, [NotNullWhen(false)] out string? error)
    {
        record = null;
        PeerId? peerId = null;
        ulong? sequence = null;
        var addresses = ImmutableArray.CreateBuilder<Multiaddress>();
        var declared = 0;
        error = bytes.Length > MaxEncodedLength ? $"A peer record has at most {MaxEncodedLength} bytes, not {bytes.Length}." : null;
        var reader = new ProtobufReader(bytes);
        while (error is null && !reader.AtEnd)
        {
            if (!reader.TryReadTag(out var field, out var wireType))
                error = Malformed;
            else if (field == PeerIdField)
                error = ReadPeerId(ref reader, wireType, ref peerId);
            else if (field == SequenceField)
                error = ReadSequence(ref reader, wireType, ref sequence);
            else if (field == AddressField)
                error = ++declared > MaxAddresses
                    ? $"The peer record has more than {MaxAddresses} addresses."
                    : ReadAddress(ref reader, wireType, addresses);
            else if (!reader.TrySkip(wireType))
                error = Malformed;
        }
        if (error is null && peerId is null)
            error = "The peer record names no peer.";
        if (error is not null)
            return false;
        record = new PeerRecord(peerId!, sequence ?? 0, addresses.ToImmutable());
        return true;
    }

    const string Malformed = "The peer record is not a complete protobuf message.";

    static string? ReadPeerId(ref ProtobufReader reader, int wireType, ref PeerId? peerId)
    {
        if (peerId is not null)
            return "The peer record names a peer twice.";
        if (wireType != ProtobufReader.LengthDelimited || !reader.TryReadBytes(out var content))
            return Malformed;
        return PeerId.TryDecode(content, out peerId) ? null : "The peer record names something that is not a peer id.";
    }

    static string? ReadSequence(ref ProtobufReader reader, int wireType, ref ulong? sequence)
    {
        if (sequence is not null)
            return "The peer record has two sequence numbers.";
        if (wireType != ProtobufReader.Varint || !reader.TryReadVarint(out var number))
            return Malformed;
        sequence = number;
        return null;
    }

    static string? ReadAddress(ref ProtobufReader reader, int wireType, ImmutableArray<Multiaddress>.Builder addresses)
    {
        if (wireType != ProtobufReader.LengthDelimited || !reader.TryReadBytes(out var content))
            return Malformed;
        ReadOnlySpan<byte> multiaddress = default;
        var inner = new ProtobufReader(content);
        while (!inner.AtEnd)
        {
            if (!inner.TryReadTag(out var field, out wireType))
                return Malformed;
            if (field != MultiaddressField)
            {
                if (!inner.TrySkip(wireType))
                    return Malformed;
            }
            else if (wireType != ProtobufReader.LengthDelimited || !inner.TryReadBytes(out multiaddress))
            {
                return Malformed;
            }
        }
        if (Multiaddress.TryDecode(multiaddress, out var address))
            addresses.Add(address);
        return null;
    }

    static byte[] Encode(PeerId peerId, ulong sequence, ImmutableArray<Multiaddress> addresses)
    {
        var length = ProtobufWriter.FieldLength(peerId.Span.Length) + (sequence == 0 ? 0 : 1 + ProtobufWriter.VarintLength(sequence));
        foreach (var address in addresses)
            length += ProtobufWriter.FieldLength(ProtobufWriter.FieldLength(address.Bytes.Length));
        var bytes = new byte[length];
        var writer = new ProtobufWriter(bytes);
        writer.WriteBytesField(PeerIdField, peerId.Span);
        if (sequence != 0)
            writer.WriteVarintField(SequenceField, sequence);
        foreach (var address in addresses)
        {
            writer.WriteFieldHeader(AddressField, ProtobufWriter.FieldLength(address.Bytes.Length));
            writer.WriteBytesField(MultiaddressField, address.Bytes.Span);
        }
        return bytes;
    }
}
