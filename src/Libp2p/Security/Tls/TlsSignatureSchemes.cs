namespace Libp2p.Security.Tls;

/// <summary>
/// The schemes as DER has them. Each is compared byte for byte, so that there is nothing in an algorithm's parameters or in a
/// key's curve for a stranger to choose.
/// </summary>
internal static class TlsSignatureSchemes
{
    // SEQUENCE { SEQUENCE { id-ecPublicKey, the curve }, BIT STRING { an uncompressed point } }, up to the point.
    private static readonly byte[] P256Key = Hex("3059301306072a8648ce3d020106082a8648ce3d03010703420004");
    private static readonly byte[] P384Key = Hex("3076301006072a8648ce3d020106052b8104002203620004");
    private static readonly byte[] P521Key = Hex("30819b301006072a8648ce3d020106052b810400230381860004");

    private static readonly Entry[] Entries =
    [
        new(TlsSignatureScheme.EcdsaP256Sha256, Hex("06082a8648ce3d040302"), P256Key),
        new(TlsSignatureScheme.EcdsaP384Sha384, Hex("06082a8648ce3d040303"), P384Key),
        new(TlsSignatureScheme.EcdsaP521Sha512, Hex("06082a8648ce3d040304"), P521Key),
        new(TlsSignatureScheme.RsaPkcs1Sha256, Hex("06092a864886f70d01010b0500"), null),
        new(TlsSignatureScheme.RsaPkcs1Sha384, Hex("06092a864886f70d01010c0500"), null),
        new(TlsSignatureScheme.RsaPkcs1Sha512, Hex("06092a864886f70d01010d0500"), null),
        new(TlsSignatureScheme.RsaPssSha256, Pss("300d06096086480165030402010500", saltLength: 32), null),
        new(TlsSignatureScheme.RsaPssSha256, Pss("300b0609608648016503040201", saltLength: 32), null),
        new(TlsSignatureScheme.RsaPssSha384, Pss("300d06096086480165030402020500", saltLength: 48), null),
        new(TlsSignatureScheme.RsaPssSha384, Pss("300b0609608648016503040202", saltLength: 48), null),
        new(TlsSignatureScheme.RsaPssSha512, Pss("300d06096086480165030402030500", saltLength: 64), null),
        new(TlsSignatureScheme.RsaPssSha512, Pss("300b0609608648016503040203", saltLength: 64), null),
    ];

    // rsaEncryption with NULL, as RFC 3279 §2.3.1 has it; what follows is the key.
    private static ReadOnlySpan<byte> RsaAlgorithm =>
        [0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];

    /// <summary>Finds the scheme of a signature's algorithm, where it is one for this key.</summary>
    /// <param name="algorithm">The content of the AlgorithmIdentifier.</param>
    /// <param name="key">The SubjectPublicKeyInfo.</param>
    /// <param name="scheme">The scheme, where the answer is true.</param>
    public static bool TryFind(ReadOnlySpan<byte> algorithm, ReadOnlySpan<byte> key, out TlsSignatureScheme scheme)
    {
        foreach (var entry in Entries)
        {
            if (!algorithm.SequenceEqual(entry.Algorithm))
                continue;
            scheme = entry.Scheme;
            return entry.KeyPrefix is { } prefix ? key.StartsWith(prefix) : IsRsa(key);
        }
        scheme = default;
        return false;
    }

    private static bool IsRsa(ReadOnlySpan<byte> key)
    {
        var outer = new DerReader(key);
        return outer.TryRead(DerReader.Sequence, out var content) && content.StartsWith(RsaAlgorithm);
    }

    // RSASSA-PSS (RFC 4055 §3.1): one hash for the message and the mask, a salt as long as it, the trailer by default. The hash
    // may have a NULL for its parameters or none; both are in use.
    private static byte[] Pss(string sha2, byte saltLength)
    {
        var hash = Hex(sha2);
        byte[] mask = [.. Hex("06092a864886f70d010108"), .. hash];
        byte[] parameters = [.. Tagged(0xa0, hash), .. Tagged(0xa1, Tagged(DerReader.Sequence, mask)), .. Hex("a2030201"), saltLength];
        return [.. Hex("06092a864886f70d01010a"), .. Tagged(DerReader.Sequence, parameters)];
    }

    private static byte[] Tagged(byte tag, byte[] content) => [tag, (byte)content.Length, .. content];

    private static byte[] Hex(string text) => Convert.FromHexString(text);

    private sealed record Entry(TlsSignatureScheme Scheme, byte[] Algorithm, byte[]? KeyPrefix);
}
