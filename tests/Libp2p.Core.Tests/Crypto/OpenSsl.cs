namespace Libp2p.Tests.Crypto;

/// <summary>The native implementation, without which a test skips.</summary>
static class OpenSsl
{
    private const string Reason = "libcrypto 3 is not installed, or has not the algorithm";

    public static CurveProvider Curves()
    {
        Assert.SkipWhen(CurveProviders.OpenSslOrNull is null, Reason);
        return CurveProviders.OpenSslOrNull!;
    }

    public static AeadCipher OrSkip(this AeadCipher? cipher)
    {
        Assert.SkipWhen(cipher is null, Reason);
        return cipher!;
    }
}
