namespace Libp2p.Fuzz.Tests;

/// <summary>One codec or machine that reads what strangers send.</summary>
/// <param name="Name">As the tests are called by.</param>
/// <param name="Seeds">Valid inputs, which mutation begins with.</param>
/// <param name="Run">Reads an input; true where it was accepted. Throws <see cref="FuzzViolation"/> where a promise is broken; any other exception is a broken promise too.</param>
internal sealed record FuzzTarget(string Name, IReadOnlyList<byte[]> Seeds, Func<byte[], bool> Run)
{
    /// <summary>Inputs of the normal run. Those that do cryptography for each are fewer.</summary>
    public int Iterations { get; init; } = 300_000;

    /// <summary>Inputs grow up to this many bytes.</summary>
    public int MaxLength { get; init; } = 512;

    /// <summary>Managed bytes that any input may allocate.</summary>
    public int FixedAllocation { get; init; } = 16 * 1024;

    /// <summary>Managed bytes that it may allocate for each of its own bytes beside.</summary>
    public int AllocationPerByte { get; init; } = 128;

    public override string ToString() => Name;
}

/// <summary>A promise of a codec that an input broke.</summary>
internal sealed class FuzzViolation(string message) : Exception(message)
{
    public static void Unless([System.Diagnostics.CodeAnalysis.DoesNotReturnIf(false)] bool holds, string promise)
    {
        if (!holds)
            throw new FuzzViolation(promise);
    }
}
