namespace Tincan.Commands;

/// <summary>What the process ends with.</summary>
internal static class ExitCodes
{
    /// <summary>It did what it was told.</summary>
    public const int Success = 0;

    /// <summary>It was told the right thing and could not do it.</summary>
    public const int Failure = 1;

    /// <summary>It was told something that makes no sense.</summary>
    public const int Usage = 2;

    /// <summary>It was interrupted before it had done what it was told (128 and the number of SIGINT, as shells have it).</summary>
    public const int Interrupted = 130;
}
