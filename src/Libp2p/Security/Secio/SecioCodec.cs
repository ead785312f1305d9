using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Libp2p.Security.Secio;

/// <summary>The protobuf encoding of <see cref="SecioProposal"/> and <see cref="SecioExchange"/>: byte strings in fields 1 to 5. Unknown fields are passed over, groups are refused.</summary>
internal static class SecioCodec
{
    private const int ProposalFields = 5;
    private const int ExchangeFields = 2;

    /// <summary>Encodes.</summary>
    public static byte[] Encode(SecioProposal proposal) => Encode(
        proposal.Nonce, proposal.PublicKey, Encoding.ASCII.GetBytes(proposal.Exchanges), Encoding.ASCII.GetBytes(proposal.Ciphers), Encoding.ASCII.GetBytes(proposal.Hashes));

    /// <summary>Encodes.</summary>
    public static byte[] Encode(SecioExchange exchange) => Encode(exchange.EphemeralKey, exchange.Signature);

    /// <summary>Decodes. Bytes of any content and length are safe.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SecioProposal? proposal)
    {
        proposal = null;
        if (!TryReadFields(bytes, ProposalFields, out var fields) || fields[0].Length != SecioProposal.NonceLength)
            return false;
        // What is no ASCII becomes what no algorithm is called.
        proposal = new SecioProposal(fields[0], fields[1], Encoding.ASCII.GetString(fields[2]), Encoding.ASCII.GetString(fields[3]), Encoding.ASCII.GetString(fields[4]));
        return true;
    }

    /// <summary>Decodes. Bytes of any content and length are safe.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SecioExchange? exchange)
    {
        exchange = TryReadFields(bytes, ExchangeFields, out var fields) ? new SecioExchange(fields[0], fields[1]) : null;
        return exchange is not null;
    }

    private static byte[] Encode(params ReadOnlySpan<byte[]> fields)
    {
        var length = 0;
        foreach (var field in fields)
            length += ProtobufWriter.FieldLength(field.Length);
        var encoded = new byte[length];
        var writer = new ProtobufWriter(encoded);
        for (var i = 0; i < fields.Length; i++)
            writer.WriteBytesField(i + 1, fields[i]);
        return encoded;
    }

    /// <summary>Reads the byte strings of fields 1 to <paramref name="count"/>: of one that comes twice the last counts, one that does not come is empty.</summary>
    private static bool TryReadFields(ReadOnlySpan<byte> bytes, int count, out byte[][] fields)
    {
        fields = new byte[count][];
        Array.Fill(fields, []);
        var reader = new ProtobufReader(bytes);
        while (!reader.AtEnd)
        {
            if (!reader.TryReadTag(out var field, out var wireType))
                return false;
            if (field > count)
            {
                if (!reader.TrySkip(wireType))
                    return false;
                continue;
            }
            if (wireType != ProtobufReader.LengthDelimited || !reader.TryReadBytes(out var content))
                return false;
            fields[field - 1] = content.ToArray();
        }
        return true;
    }
}
