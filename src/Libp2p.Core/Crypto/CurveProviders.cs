namespace Libp2p;

/// <summary>Chooses the curve implementation for this process.</summary>
internal static class CurveProviders
{
    /// <summary>The one in use: OpenSSL where libcrypto 3 is present, else the managed one.</summary>
    public static CurveProvider Current => throw new PlatformNotSupportedException("No implementation of Curve25519 is built yet.");
}
