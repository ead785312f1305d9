namespace Libp2p;

/// <summary>The bounds of one topic's validator.</summary>
public sealed class ValidatorOptions
{
    /// <summary>How many messages are judged at once; what comes beyond it is ignored. Default 1024.</summary>
    public int MaxConcurrent { get; set; } = 1024;

    /// <summary>How long one judgement may take; a message that is not judged by then is ignored. Default 10 s.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Throws where a value makes no sense.</summary>
    /// <exception cref="ArgumentOutOfRangeException">With the option's name.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxConcurrent);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Timeout, TimeSpan.Zero);
    }
}
