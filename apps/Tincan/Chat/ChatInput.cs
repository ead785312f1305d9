namespace Tincan.Chat;

/// <summary>What a line of input asks for.</summary>
/// <param name="Command">The command without its slash, in small letters; null for a plain line.</param>
/// <param name="Argument">What follows, trimmed; the whole line where it is plain.</param>
internal readonly record struct ChatInput(string? Command, string Argument)
{
    /// <summary>Reads a line. One that begins with <c>//</c> is plain text that begins with a slash.</summary>
    public static ChatInput Parse(string line)
    {
        if (!line.StartsWith('/'))
            return new ChatInput(null, line);
        if (line.StartsWith("//", StringComparison.Ordinal))
            return new ChatInput(null, line[1..]);
        var end = line.AsSpan().IndexOfAny(' ', '\t');
        return end < 0
            ? new ChatInput(line[1..].TrimEnd().ToLowerInvariant(), "")
            : new ChatInput(line[1..end].ToLowerInvariant(), line[end..].Trim());
    }

    /// <summary>Cuts the argument at its first white space.</summary>
    public (string First, string Remainder) Split()
    {
        var end = Argument.AsSpan().IndexOfAny(' ', '\t');
        return end < 0 ? (Argument, "") : (Argument[..end], Argument[end..].Trim());
    }
}
