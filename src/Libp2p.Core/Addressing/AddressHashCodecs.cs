namespace Libp2p;

/// <summary>
/// A peer id (peer-ids specification): the multihash of a public key, or the key itself in the identity hash. Read as base58
/// or as a CID with the codec libp2p-key in any multibase, written in base58.
/// </summary>
internal sealed class PeerIdCodec : AddressValueCodec
{
    const string NoPeerId = "is not a peer id";

    public override byte[]? Parse(ReadOnlySpan<char> text, out string? problem)
    {
        problem = NoPeerId;
        byte[]? bytes;
        if (text.StartsWith("Qm") || text.StartsWith("1"))
        {
            if (!Base58.TryDecode(text, out bytes))
                return null;
        }
        else
        {
            if (!Cid.TryParse(text, out var cid))
                return null;
            if (cid.Codec != CidCodec.Libp2pKey)
            {
                problem = "is not a peer id: it is a CID of something else than a libp2p key";
                return null;
            }

            bytes = cid.Hash.Bytes.ToArray();
        }

        problem = Check(bytes);
        return problem is null ? bytes : null;
    }

    public override string? Check(ReadOnlySpan<byte> bytes) =>
        !Multihash.TryDecode(bytes, out var hash) ? NoPeerId
        : hash.Code == MultihashCode.Sha2_256 ? (hash.Digest.Length == 32 ? null : "is not a peer id: its SHA-256 is cut short")
        : hash.Code != MultihashCode.Identity ? "is not a peer id: its hash is neither SHA-256 nor identity"
        : hash.Digest.IsEmpty ? "is not a peer id: it is empty"
        : null;

    public override string Format(ReadOnlySpan<byte> bytes) => Base58.Encode(bytes);
}

/// <summary>The multihash of a certificate: read in any multibase, written in base64url.</summary>
internal sealed class CertHashCodec : AddressValueCodec
{
    public override byte[]? Parse(ReadOnlySpan<char> text, out string? problem)
    {
        problem = "is not a multibase text";
        if (!Multibase.TryDecode(text, out var bytes, out _))
            return null;
        problem = Check(bytes);
        return problem is null ? bytes : null;
    }

    public override string? Check(ReadOnlySpan<byte> bytes) => Multihash.TryDecode(bytes, out _) ? null : "is not the multihash of a certificate";

    public override string Format(ReadOnlySpan<byte> bytes) => Multibase.Encode(Multibase.Encoding.Base64Url, bytes);
}
