namespace Tincan.Terminal;

/// <summary>A terminal: what it shows and what is typed on it.</summary>
internal interface ITerminal
{
    /// <summary>Its width in columns.</summary>
    int Width { get; }

    /// <summary>Whether a key has been pressed that nobody has read.</summary>
    bool KeyAvailable { get; }

    /// <summary>Writes text and control sequences, at once.</summary>
    /// <exception cref="IOException">It is gone.</exception>
    void Write(string text);

    /// <summary>Waits for a key.</summary>
    /// <exception cref="IOException">It is gone.</exception>
    ConsoleKeyInfo ReadKey();
}
