using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Libp2p.Protocols.Gossipsub;

/// <summary>The ways in which the implementations form message ids, and which of them a peer uses where.</summary>
public static class MessageIds
{
    /// <summary>The author's peer id, then its number: the specification's way, go-libp2p's and ours.</summary>
    public static MessageIdFunction Origin { get; } = static (in m) =>
        m.From is { } from && !m.SequenceNumber.IsEmpty ? Join(from.Span, m.SequenceNumber) : default;

    /// <summary>The author's key as protobuf, then its number: js-libp2p's way.</summary>
    public static MessageIdFunction KeyAndNumber { get; } = static (in m) =>
    {
        if (m.From is not { } from || m.SequenceNumber.IsEmpty)
            return default;
        var key = from.TryGetPublicKey(out var inline) ? inline.Encoded.Span : m.Key;
        return key.IsEmpty || key.Length > PublicKey.MaxEncodedLength ? default : Join(key, m.SequenceNumber);
    };

    /// <summary>The author's peer id in base58, then its number in decimal: rust-libp2p's way.</summary>
    public static MessageIdFunction DecimalText { get; } = static (in m) =>
        m.From is { } from && Number(m) is { } number ? new(Encoding.ASCII.GetBytes(from + number.ToString(CultureInfo.InvariantCulture))) : default;

    /// <summary>The author's peer id in base58, then its number in hexadecimal: the way of js-libp2p in 2020.</summary>
    public static MessageIdFunction HexText { get; } = static (in m) =>
        m.From is { } from && !m.SequenceNumber.IsEmpty ? new(Encoding.ASCII.GetBytes(from + Convert.ToHexStringLower(m.SequenceNumber))) : default;

    /// <summary>The SHA-256 of the content: for messages that name no author.</summary>
    public static MessageIdFunction DataHash { get; } = static (in m) => Hash(m.Data);

    /// <summary>The SHA-256 of the number in decimal: the way of js-libp2p in the room of universal connectivity.</summary>
    public static MessageIdFunction NumberHash { get; } = static (in m) =>
        Number(m) is { } number ? Hash(Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture))) : default;

    /// <summary>How a peer forms ids in a topic where messages are signed; null where that is not known. The default of <see cref="GossipsubOptions.MessageIdRule"/>.</summary>
    /// <param name="topic">The topic's name.</param>
    /// <param name="kind">Which implementation the peer runs.</param>
    public static MessageIdFunction? Default(string topic, PubsubPeerKind kind)
    {
        var isUniversal = topic.StartsWith("universal-connectivity", StringComparison.Ordinal);
        return kind switch
        {
            PubsubPeerKind.Specified => Origin,
            PubsubPeerKind.Js => isUniversal ? NumberHash : KeyAndNumber,
            PubsubPeerKind.LegacyJs => HexText,
            PubsubPeerKind.Rust => isUniversal ? null : DecimalText,
            _ => null,
        };
    }

    /// <summary>Whether the ids of a function name the author and his number.</summary>
    internal static bool NameAuthor(MessageIdFunction? function) =>
        function is not null && (function == Origin || function == KeyAndNumber || function == DecimalText || function == HexText);

    /// <summary>Which implementation a peer runs, by what it calls itself. The default of <see cref="GossipsubOptions.ClassifyPeer"/>.</summary>
    /// <param name="peer">What is known of it.</param>
    public static PubsubPeerKind Classify(PeerInfo peer)
    {
        ArgumentNullException.ThrowIfNull(peer);
        return peer.AgentVersion switch
        {
            { } agent when StartsWith(agent, "tincan/", "go-libp2p", "kubo/", "github.com/libp2p/go-libp2p") => PubsubPeerKind.Specified,
            { } agent when StartsWith(agent, "js-libp2p/0.") => PubsubPeerKind.LegacyJs,
            { } agent when StartsWith(agent, "js-libp2p/") => PubsubPeerKind.Js,
            { } agent when StartsWith(agent, "rust-libp2p/") => PubsubPeerKind.Rust,
            _ => PubsubPeerKind.Unknown,
        };

        static bool StartsWith(string agent, params ReadOnlySpan<string> beginnings)
        {
            foreach (var beginning in beginnings)
            {
                if (agent.StartsWith(beginning, StringComparison.Ordinal))
                    return true;
            }
            return false;
        }
    }

    private static ulong? Number(in MessageIdSource message) =>
        message.SequenceNumber.Length == sizeof(ulong) ? BinaryPrimitives.ReadUInt64BigEndian(message.SequenceNumber) : null;

    private static PubsubMessageId Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = new byte[SHA256.HashSizeInBytes];
        Sha256.Hash(bytes, hash);
        return new PubsubMessageId(hash);
    }

    private static PubsubMessageId Join(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var bytes = new byte[first.Length + second.Length];
        first.CopyTo(bytes);
        second.CopyTo(bytes.AsSpan(first.Length));
        return new PubsubMessageId(bytes);
    }
}
