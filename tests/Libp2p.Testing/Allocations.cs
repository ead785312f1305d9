namespace Libp2p.Testing;

/// <summary>Counts what code allocates on the thread that runs it.</summary>
public static class Allocations
{
    /// <summary>
    /// The least of several rounds: when the collector runs meanwhile, for whatever thread, the rest of this thread's
    /// allocation buffer (8 KiB) counts as allocated although nobody asked for it.
    /// </summary>
    /// <param name="act">What is measured; it runs once before, to be warm.</param>
    /// <param name="rounds">How often at most; a round without any allocation ends it.</param>
    public static long Least(Action act, int rounds = 5)
    {
        act();
        var least = long.MaxValue;
        for (var round = 0; round < rounds && least > 0; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            act();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
