namespace Libp2p;

/// <summary>
/// Whether X25519, the making of Ed25519 signatures and the AEADs run in OpenSSL 3 (libcrypto) here, or in the managed implementation,
/// which takes longer. Signatures are checked by code of our own in either case.
/// </summary>
public static class NativeCryptography
{
    /// <summary>Whether OpenSSL is used.</summary>
    public static bool IsUsed => CurveProviders.Current == CurveProviders.OpenSslOrNull;

    /// <summary>Whether it was switched off, by the <see cref="AppContext"/> switch <c>Libp2p.ManagedCrypto</c> or the variable <c>LIBP2P_MANAGED_CRYPTO</c>.</summary>
    public static bool IsSwitchedOff => CurveProviders.ManagedForced;
}
