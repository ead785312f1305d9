using Libp2p.Security.Tls;
using Libp2p.Testing;

namespace Libp2p.Tests.Security.Tls;

public sealed class TlsCredentialsTests
{
    [Fact]
    public void A_certificate_is_made_once_and_anew_when_half_its_life_is_over()
    {
        using var identity = Identity.Generate();
        var time = new ManualTimeProvider();
        var credentials = new TlsCredentials(identity, time, TimeSpan.FromDays(10));
        var first = credentials.Current;
        time.Advance(TimeSpan.FromDays(5) - TimeSpan.FromSeconds(1));
        Assert.Same(first, credentials.Current);
        time.Advance(TimeSpan.FromSeconds(1));
        var second = credentials.Current;
        Assert.NotSame(first, second);
        Assert.Same(second, credentials.Current);
        Assert.NotEqual(first.TargetCertificate.GetPublicKey(), second.TargetCertificate.GetPublicKey());
        foreach (var context in new[] { first, second })
        {
            Assert.Empty(context.IntermediateCertificates);
            Assert.Equal(identity.PublicKey, TlsCertificateChecker.Check(context.TargetCertificate.RawData, time.GetUtcNow()).Key);
        }
    }
}
