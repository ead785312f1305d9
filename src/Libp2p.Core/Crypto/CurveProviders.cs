namespace Libp2p;

/// <summary>Chooses the curve implementation for this process.</summary>
internal static class CurveProviders
{
    private static readonly Lazy<CurveProvider?> OpenSsl = new(OpenSslCurveProvider.TryCreate);

    /// <summary>
    /// Whether the process asked for no native cryptography beyond the base class library's: the <see cref="AppContext"/> switch
    /// <c>Libp2p.ManagedCrypto</c> is on, or the environment variable <c>LIBP2P_MANAGED_CRYPTO</c> is <c>1</c> or <c>true</c>. Read once.
    /// </summary>
    public static bool ManagedForced { get; } = IsManagedForced(
        AppContext.TryGetSwitch("Libp2p.ManagedCrypto", out var on) ? on : null,
        Environment.GetEnvironmentVariable("LIBP2P_MANAGED_CRYPTO"));

    /// <summary>The one in use: OpenSSL where libcrypto 3 is present and passes its self-test, else the managed one.</summary>
    public static CurveProvider Current { get; } = Choose();

    /// <summary>The OpenSSL provider, whatever the switch says; null where libcrypto 3 is absent or fails its self-test.</summary>
    public static CurveProvider? OpenSslOrNull => OpenSsl.Value;

    private static CurveProvider Choose() => (ManagedForced ? null : OpenSslOrNull) ?? ManagedCurveProviders.Current;

    /// <summary>The switch decides where it is set, else the environment variable.</summary>
    public static bool IsManagedForced(bool? appContextSwitch, string? variable) =>
        appContextSwitch ?? (variable is "1" || string.Equals(variable, "true", StringComparison.OrdinalIgnoreCase));
}
