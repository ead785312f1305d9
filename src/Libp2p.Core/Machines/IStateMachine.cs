namespace Libp2p;

/// <summary>
/// Pure protocol state: it is told what happened and what time it is, and says what is to be done. It never asks for the
/// time, never waits, has one owner and no locks. Mutate once, drain every effect, repeat.
/// </summary>
/// <typeparam name="TInput">What can happen.</typeparam>
/// <typeparam name="TEffect">What is to be done.</typeparam>
public interface IStateMachine<TInput, TEffect>
{
    /// <summary>Takes one event.</summary>
    /// <param name="input">What happened.</param>
    /// <param name="now">A monotonic time stamp; it never goes back.</param>
    void Advance(in TInput input, TimeSpan now);

    /// <summary>Tells that time has passed, at or after <see cref="Deadline"/>.</summary>
    void Elapse(TimeSpan now);

    /// <summary>Takes the next thing to be done; false where there is none.</summary>
    bool TryTake(out TEffect effect);

    /// <summary>When <see cref="Elapse"/> is due at the latest; null where nothing waits for time.</summary>
    TimeSpan? Deadline { get; }
}
