namespace Libp2p.Sqlite;

/// <summary>The file of a peer store cannot be used. The message is one line with the cause and the next step.</summary>
/// <param name="message">What is wrong, and what to do.</param>
/// <param name="isDamaged">Whether what is in the file is the cause, not who may use it.</param>
/// <param name="innerException">What SQLite said.</param>
public sealed class PeerStoreFileException(string message, bool isDamaged, Exception? innerException = null) : IOException(message, innerException)
{
    /// <summary>True where the file is damaged, or is none of a peer store; <see cref="SqlitePeerStoreOptions.ReplaceDamaged"/> puts a fresh one in its place.</summary>
    public bool IsDamaged { get; } = isDamaged;
}
