namespace Libp2p;

/// <summary>
/// A peer id (peer-ids specification): the multihash of a public key, or the key itself in the identity hash. Read as base58
/// or as a CID with the codec libp2p-key in any multibase, written in base58.
/// </summary>
internal sealed class PeerIdCodec : AddressValueCodec
{
    public override byte[]? Parse(ReadOnlySpan<char> text, out string? problem)
    {
        problem = PeerId.Read(text, out var peerId);
        return peerId?.Bytes.ToArray();
    }

    public override string? Check(ReadOnlySpan<byte> bytes) => PeerId.Check(bytes);

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
