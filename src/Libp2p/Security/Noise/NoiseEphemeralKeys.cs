namespace Libp2p.Security.Noise;

/// <summary>
/// Makes the ephemeral keys of handshakes, one ahead: while a handshake waits for the other side, the key of the next one is
/// made. Each is used once. One that waits is as secret as the static key in the same memory.
/// </summary>
internal sealed class NoiseEphemeralKeys
{
    private NoiseKeyPair? _next;

    /// <summary>A pair that was never used; it is the caller's.</summary>
    public NoiseKeyPair Take() => Interlocked.Exchange(ref _next, null) ?? NoiseKeyPair.Generate();

    /// <summary>Makes the next pair, unless it is there.</summary>
    public void Prepare()
    {
        if (Volatile.Read(ref _next) is not null)
            return;
        var pair = NoiseKeyPair.Generate();
        if (Interlocked.CompareExchange(ref _next, pair, null) is not null)
            pair.Dispose();
    }
}
