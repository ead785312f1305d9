using Xunit;

namespace Libp2p.Testing;

/// <summary>Randomness whose seed is printed with the test's output; <c>LIBP2P_SEED</c> repeats a run.</summary>
public static class TestRandom
{
    /// <summary>The variable that repeats a run.</summary>
    public const string Variable = "LIBP2P_SEED";

    /// <summary>A seed: the one asked for, or a new one; printed.</summary>
    public static int Seed()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable(Variable), out var given) ? given : Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"{Variable}={seed}");
        return seed;
    }

    /// <summary>A random source with a printed seed.</summary>
    public static Random Create() => new(Seed());

    /// <summary>So many random bytes.</summary>
    public static byte[] Bytes(int length, int seed = 1)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>So many bytes of this source.</summary>
    public static byte[] Bytes(this Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
