namespace Tincan.Chat.History;

/// <summary>Where the history is kept and how much of it.</summary>
internal sealed class HistoryOptions
{
    /// <summary>The file; null for memory, where it ends with the process.</summary>
    public string? Path { get; init; }

    /// <summary>Bytes that messages and their index may take; beyond it the oldest messages go. Default 1 GiB, in memory 64 MiB.</summary>
    public long MaxBytes { get; init; } = 1L << 30;

    /// <summary>How long a message is kept. Null: as long as there is room.</summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>Bytes that the file never exceeds, whatever is deleted when. Null: twice <see cref="MaxBytes"/>, as parts of the index are there twice while they are merged.</summary>
    public long? MaxFileBytes { get; init; }

    /// <summary>The options of a history that is kept nowhere.</summary>
    public static HistoryOptions InMemory => new() { MaxBytes = 64L << 20 };
}
