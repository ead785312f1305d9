namespace Libp2p;

/// <summary>How a node connects; null, where a method takes one, is as a user asks for it.</summary>
public sealed record ConnectOptions
{
    /// <summary>A service connects by itself: it leaves addresses alone that failed a short while ago.</summary>
    public static ConnectOptions InBackground { get; } = new() { RespectBackoff = true };

    /// <summary>
    /// Leaves addresses alone that failed a short while ago; where there is no other, the <see cref="DialException"/> says for
    /// how long. False (the default) where a user asks: every address is tried. A dial that both wait for tries every address.
    /// </summary>
    public bool RespectBackoff { get; init; }

    /// <summary>Told of each stage that an attempt comes to, on whatever thread it does; it must return at once. Null where nobody listens.</summary>
    public IProgress<DialProgress>? Progress { get; init; }
}
