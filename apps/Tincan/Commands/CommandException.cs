namespace Tincan.Commands;

/// <summary>Why the program cannot do what it was told: one line for a person, and the exit code.</summary>
/// <param name="what">What is wrong, without a full stop.</param>
/// <param name="nextStep">What to do about it.</param>
/// <param name="exitCode">One of <see cref="ExitCodes"/>.</param>
internal sealed class CommandException(string what, string nextStep, int exitCode = ExitCodes.Failure) : Exception($"{what}; {nextStep}")
{
    /// <summary>What is wrong.</summary>
    public string What { get; } = what;

    /// <summary>What to do about it.</summary>
    public string NextStep { get; } = nextStep;

    /// <summary>What the process ends with.</summary>
    public int ExitCode { get; } = exitCode;
}
