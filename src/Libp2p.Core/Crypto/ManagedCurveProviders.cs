namespace Libp2p;

/// <summary>Chooses the managed implementation, and says when it is there to be preferred.</summary>
internal static class ManagedCurveProviders
{
    private static int _asked;
    private static volatile bool _ready;

    /// <summary>The one with the machine's vectors, where it has them.</summary>
    public static CurveProvider Current => Chosen.Provider;

    /// <summary>
    /// Whether it is compiled and gave the known answers. Whoever asks first sets that going, elsewhere: compiling takes tens of
    /// milliseconds, for which no handshake has to wait as long as libcrypto does the same.
    /// </summary>
    public static bool IsReady()
    {
        if (_ready)
            return true;
        if (Interlocked.Exchange(ref _asked, 1) == 0)
            ThreadPool.UnsafeQueueUserWorkItem(static _ => MakeReady(), null);
        return false;
    }

    // Where an answer is wrong, it is never ready, and the provider in use goes on.
    private static void MakeReady() => _ready = CurveSelfTest.Passes(Current);

    /// <summary>Apart, so that to ask whether it is ready does not make it.</summary>
    private static class Chosen
    {
        public static readonly CurveProvider Provider = EdwardsVector.IsSupported
            ? new ManagedCurveProvider<EdwardsVector, EdwardsVector.Multiple>(Ed25519Verifier.Shared)
            : new ManagedCurveProvider<EdwardsPoint, EdwardsPoint.Prepared>(Ed25519Verifier.Shared);
    }
}
