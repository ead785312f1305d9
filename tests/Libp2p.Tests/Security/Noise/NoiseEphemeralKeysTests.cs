using System.Collections.Concurrent;
using Libp2p.Security.Noise;

namespace Libp2p.Tests.Security.Noise;

public sealed class NoiseEphemeralKeysTests
{
    [Fact]
    public void GivesEachPairOnce()
    {
        var keys = new NoiseEphemeralKeys();
        var seen = new HashSet<string>();
        for (var i = 0; i < 20; i++)
        {
            keys.Prepare();
            keys.Prepare();
            using var prepared = keys.Take();
            using var made = keys.Take();
            Assert.True(seen.Add(Convert.ToHexString(prepared.Public)));
            Assert.True(seen.Add(Convert.ToHexString(made.Public)));
        }
    }

    [Fact]
    public void ThoseWhoTakeSideBySideNeverShareOne()
    {
        var keys = new NoiseEphemeralKeys();
        var seen = new ConcurrentBag<string>();
        Parallel.For(0, 200, _ =>
        {
            keys.Prepare();
            using var pair = keys.Take();
            seen.Add(Convert.ToHexString(pair.Public));
        });
        Assert.Equal(200, seen.Distinct().Count());
    }
}
