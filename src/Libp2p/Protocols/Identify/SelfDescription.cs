using Google.Protobuf;
using Libp2p.Protocols.Identify.Wire;
using Microsoft.Extensions.Logging;

namespace Libp2p.Protocols.Identify;

/// <summary>What this node tells, encoded.</summary>
/// <param name="Version">Rises whenever what is told changes.</param>
/// <param name="Message">The message without an observed address.</param>
/// <param name="MessageOf2020">The same, with addresses as <see cref="AddressesOf2020"/> writes them; the record keeps them all.</param>
internal sealed record ToldMessage(long Version, byte[] Message, byte[] MessageOf2020)
{
    /// <summary>What to tell the other end of a connection.</summary>
    public byte[] For(ConnectionInfo connection) => AddressesOf2020.MayBeOf2020(connection) ? MessageOf2020 : Message;
}

/// <summary>Makes the message that this node tells, within what others read, and keeps it until addresses or protocols change.</summary>
internal sealed class SelfDescription(Identity identity, IdentifyOptions options, TimeProvider time, ILogger logger)
{
    /// <summary>Bytes kept free for the observed address; a longer one is left out.</summary>
    private const int ObservedRoom = 128;

    /// <summary>Beyond so few addresses a record is not worth leaving out others for it.</summary>
    private const int FewAddresses = 4;

    private readonly Lock _gate = new();
    private IReadOnlyList<Multiaddress> _addresses = [];
    private IReadOnlyList<ProtocolId> _protocols = [];
    private ToldMessage? _told;
    private ulong _sequence;

    /// <summary>The message for these addresses and protocols: the same one as before where they are the same.</summary>
    public ToldMessage Get(IReadOnlyList<Multiaddress> addresses, IReadOnlyList<ProtocolId> protocols)
    {
        lock (_gate)
        {
            if (_told is not null && addresses.SequenceEqual(_addresses) && protocols.SequenceEqual(_protocols))
                return _told;
            (_addresses, _protocols) = (addresses, protocols);
            var message = Make(addresses, protocols, out var listed);
            var now = message.ToByteArray();
            message.ListenAddrs.Clear();
            message.ListenAddrs.AddRange(Encode([.. AddressesOf2020.Write(listed)]));
            return _told = new ToldMessage((_told?.Version ?? 0) + 1, now, message.ToByteArray());
        }
    }

    private IdentifyMessage Make(IReadOnlyList<Multiaddress> addresses, IReadOnlyList<ProtocolId> protocols, out IEnumerable<Multiaddress> listed)
    {
        var room = options.MaxSentLength - ObservedRoom;
        var message = new IdentifyMessage
        {
            PublicKey = ByteString.CopyFrom(identity.PublicKey.Encoded.Span),
            ProtocolVersion = ByteString.CopyFromUtf8(options.ProtocolVersion),
            AgentVersion = ByteString.CopyFromUtf8(options.AgentVersion),
        };
        // Protocols first, up to half of the room; addresses with their record; then whatever protocols still fit.
        var names = protocols.Select(p => ByteString.CopyFrom(p.Utf8.Span)).ToArray();
        var half = message.CalculateSize() + ((room - message.CalculateSize()) / 2);
        var told = AddWhileFits(message, message.Protocols, names, half);
        Multiaddress[] bare = [.. addresses.OrderBy(a => Rank(a.Scope)).Select(a => a.WithoutPeerId()).OfType<Multiaddress>()];
        if (!TryAddWithRecord(message, bare, room))
            AddWhileFits(message, message.ListenAddrs, Encode(bare), room);
        told += AddWhileFits(message, message.Protocols, names.AsSpan(told), room);
        if (told < protocols.Count)
            IdentifyLog.ProtocolsLeftOut(logger, protocols.Count, told);
        listed = bare.Take(message.ListenAddrs.Count);
        return message;
    }

    private bool TryAddWithRecord(IdentifyMessage message, Multiaddress[] addresses, int room)
    {
        if (!options.SendSignedRecord || addresses.Length == 0)
            return false;
        _sequence = Math.Max(_sequence + 1, (ulong)(time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * (ulong)TimeSpan.NanosecondsPerTick);
        for (var count = Math.Min(addresses.Length, PeerRecord.MaxAddresses); count >= Math.Min(addresses.Length, FewAddresses); count -= Math.Max(1, count / 4))
        {
            var some = addresses.AsSpan(0, count);
            // Every address travels twice, so that most that do not fit are seen before anything is signed.
            var listed = Encode(some);
            message.ListenAddrs.AddRange(listed);
            if (message.CalculateSize() + listed.Sum(a => a.Length) <= room)
            {
                message.SignedPeerRecord = ByteString.CopyFrom(new PeerRecord(identity.PeerId, _sequence, some.ToArray()).Seal(identity).Encode());
                if (message.CalculateSize() <= room)
                    return true;
                message.ClearSignedPeerRecord();
            }
            message.ListenAddrs.Clear();
        }
        return false;
    }

    private static int AddWhileFits(IdentifyMessage message, Google.Protobuf.Collections.RepeatedField<ByteString> field, ReadOnlySpan<ByteString> items, int room)
    {
        var added = 0;
        foreach (var item in items)
        {
            field.Add(item);
            if (message.CalculateSize() > room)
            {
                field.RemoveAt(field.Count - 1);
                break;
            }
            added++;
        }
        return added;
    }

    private static ByteString[] Encode(ReadOnlySpan<Multiaddress> addresses)
    {
        var encoded = new ByteString[addresses.Length];
        for (var i = 0; i < encoded.Length; i++)
            encoded[i] = ByteString.CopyFrom(addresses[i].Bytes.Span);
        return encoded;
    }

    // Where not all fit, those go first that most peers can use.
    private static int Rank(AddressScope scope) => scope switch
    {
        AddressScope.Public or AddressScope.Unknown => 0,
        AddressScope.Private => 1,
        AddressScope.LinkLocal => 2,
        _ => 3,
    };
}
