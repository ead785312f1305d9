namespace Tincan.Terminal;

/// <summary>The terminal that this process runs on.</summary>
internal sealed class SystemTerminal : ITerminal
{
    private const int DefaultWidth = 80;

    private readonly TextWriter _output = Console.Out;

    /// <inheritdoc/>
    public int Width
    {
        get
        {
            try
            {
                return Console.WindowWidth is > 0 and var width ? width : DefaultWidth;
            }
            catch (IOException)
            {
                return DefaultWidth;
            }
        }
    }

    /// <inheritdoc/>
    public bool KeyAvailable => Console.KeyAvailable;

    /// <inheritdoc/>
    public void Write(string text)
    {
        _output.Write(text);
        _output.Flush();
    }

    /// <inheritdoc/>
    public ConsoleKeyInfo ReadKey() => Console.ReadKey(intercept: true);
}
