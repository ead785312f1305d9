namespace Libp2p;

/// <summary>
/// A key file cannot be used. The message is one line for people: which file, what is wrong with it, and what to do. The file itself
/// was left as it is.
/// </summary>
public sealed class KeyFileException : Exception
{
    /// <summary>Says what is wrong with a key file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="message">Cause and next step, in one line.</param>
    /// <param name="innerException">What the operating system said, if anything.</param>
    public KeyFileException(string path, string message, Exception? innerException = null)
        : base(message, innerException) => Path = path;

    /// <summary>The file.</summary>
    public string Path { get; }
}
