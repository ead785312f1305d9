using System.Collections.Concurrent;
using Tincan.Terminal;

namespace Tincan.Tests.Terminal;

/// <summary>A terminal of a test: what is written to it is on a screen, what is typed comes from the test.</summary>
internal sealed class FakeTerminal(int width) : ITerminal
{
    private readonly BlockingCollection<ConsoleKeyInfo> _keys = new(1000);
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _read = new(0);

    public AnsiScreen Screen { get; } = new(width);

    /// <summary>Everything that was written.</summary>
    public string Written { get; private set; } = "";

    public int Width => Screen.Width;

    public bool KeyAvailable => _keys.Count > 0;

    public void Write(string text)
    {
        lock (_gate)
        {
            Screen.Write(text);
            Written += text;
        }
    }

    public ConsoleKeyInfo ReadKey()
    {
        _read.Release();
        try
        {
            return _keys.Take();
        }
        catch (InvalidOperationException e)
        {
            throw new IOException("The terminal is gone.", e);
        }
    }

    /// <summary>Types text and waits until it has been dealt with.</summary>
    public async Task TypeAsync(string text)
    {
        foreach (var c in text)
            await PressAsync(new ConsoleKeyInfo(c, c == '\n' ? ConsoleKey.Enter : 0, shift: false, alt: false, control: false));
    }

    /// <summary>Presses a key and waits until it has been dealt with.</summary>
    public async Task PressAsync(ConsoleKeyInfo key)
    {
        // One release for the wait that this key ends, and the next once it has been dealt with.
        await _read.WaitAsync();
        _keys.Add(key);
        await _read.WaitAsync();
        _read.Release();
    }

    /// <summary>Takes it away.</summary>
    public void Vanish() => _keys.CompleteAdding();
}
