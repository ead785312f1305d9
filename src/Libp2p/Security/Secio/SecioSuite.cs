using System.Security.Cryptography;

namespace Libp2p.Security.Secio;

/// <summary>The algorithms that both sides compute from the two proposals (secio/README.md, "Determining Roles and Algorithms").</summary>
/// <param name="Exchange">The curve of the ephemeral keys.</param>
/// <param name="Cipher">The cipher, in counter mode.</param>
/// <param name="Hash">The hash of the codes and of the key stretching.</param>
/// <param name="IsLocalPreferred">Whether this side's order of preference counted; it also says whose keys are the first.</param>
internal sealed record SecioSuite(string Exchange, string Cipher, string Hash, bool IsLocalPreferred)
{
    /// <summary>What this side offers, in order of preference.</summary>
    public const string Exchanges = "P-256,P-384,P-521";

    /// <inheritdoc cref="Exchanges"/>
    public const string Ciphers = "AES-256,AES-128";

    /// <inheritdoc cref="Exchanges"/>
    public const string Hashes = "SHA256,SHA512";

    /// <summary>The curve by its .NET name.</summary>
    public ECCurve Curve => Exchange switch
    {
        "P-256" => ECCurve.NamedCurves.nistP256,
        "P-384" => ECCurve.NamedCurves.nistP384,
        _ => ECCurve.NamedCurves.nistP521,
    };

    /// <summary>Bytes of a coordinate on the curve.</summary>
    public int CoordinateLength => Exchange switch
    {
        "P-256" => 32,
        "P-384" => 48,
        _ => 66,
    };

    /// <summary>Bytes of the cipher's key.</summary>
    public int CipherKeyLength => Cipher == "AES-256" ? 32 : 16;

    /// <summary>The hash by its .NET name.</summary>
    public HashAlgorithmName HashName => Hash == "SHA256" ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA512;

    /// <summary>Computes the choice, which is the same on both sides.</summary>
    /// <returns>Null where the two have nothing in common; <paramref name="error"/> says in what.</returns>
    public static SecioSuite? Select(SecioProposal local, SecioProposal remote, out string? error)
    {
        var order = Digest(remote.PublicKey, local.Nonce).AsSpan().SequenceCompareTo(Digest(local.PublicKey, remote.Nonce));
        if (order == 0)
        {
            error = "it is this node itself";
            return null;
        }
        var (preferred, other) = order > 0 ? (local, remote) : (remote, local);
        var exchange = FirstCommon(preferred.Exchanges, other.Exchanges);
        var cipher = FirstCommon(preferred.Ciphers, other.Ciphers);
        var hash = FirstCommon(preferred.Hashes, other.Hashes);
        error = exchange is null ? "no curve in common" : cipher is null ? "no cipher in common" : hash is null ? "no hash in common" : null;
        return error is null ? new SecioSuite(exchange!, cipher!, hash!, order > 0) : null;
    }

    public override string ToString() => $"{Exchange}, {Cipher}, {Hash}";

    private static byte[] Digest(byte[] key, byte[] nonce) => SHA256.HashData([.. key, .. nonce]);

    /// <summary>The names are few, but a list from the network may be long: it is walked once for each of ours.</summary>
    private static string? FirstCommon(string preferred, string others)
    {
        foreach (var name in preferred.AsSpan().Split(','))
        {
            var candidate = preferred.AsSpan()[name];
            foreach (var other in others.AsSpan().Split(','))
            {
                if (candidate.SequenceEqual(others.AsSpan()[other]))
                    return candidate.ToString();
            }
        }
        return null;
    }
}
