namespace Libp2p.Protocols.Gossipsub.Score;

/// <summary>The ranges of numbers that a score is made of. What is no number is in none.</summary>
internal static class ScoreRange
{
    /// <summary>The largest weight, and the most that an application may think of a peer: products of such numbers stay finite.</summary>
    public const double Max = 1e9;

    public static void ThrowIfNotReward(double value, string name)
    {
        if (!(value >= 0 && value <= Max))
            throw new ArgumentOutOfRangeException(name, value, $"It must be a number from 0 to {Max}.");
    }

    public static void ThrowIfNotPenalty(double value, string name)
    {
        if (!(value <= 0 && value >= -Max))
            throw new ArgumentOutOfRangeException(name, value, $"It must be a number from {-Max} to 0.");
    }

    public static void ThrowIfNotFraction(double value, string name)
    {
        if (!(value > 0 && value < 1))
            throw new ArgumentOutOfRangeException(name, value, "It must be above 0 and below 1.");
    }

    public static void ThrowIfNotBetween(TimeSpan value, TimeSpan least, TimeSpan most, string name)
    {
        if (value < least || value > most)
            throw new ArgumentOutOfRangeException(name, value, $"It must be from {least} to {most}.");
    }
}
