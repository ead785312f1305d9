namespace Libp2p.Testing;

/// <summary>Counts what code allocates on the thread that runs it.</summary>
public static class Allocations
{
    /// <summary>How often at most it is measured; a round without any allocation ends it. Many, since in each of a few the collector may run.</summary>
    public const int Rounds = 20;

    /// <summary>
    /// The least of several rounds: when the collector runs meanwhile, for whatever thread, the rest of this thread's
    /// allocation buffer (8 KiB) counts as allocated although nobody asked for it.
    /// </summary>
    /// <param name="act">What is measured; it runs once before, to be warm.</param>
    public static long Least(Action act)
    {
        act();
        var least = long.MaxValue;
        for (var round = 0; round < Rounds && least > 0; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            act();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
