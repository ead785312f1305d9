namespace Tincan.Chat;

/// <summary>A chat in a pipe: plain lines; what did not work goes to standard error.</summary>
internal sealed class PlainView(TextWriter output, TextWriter error) : IChatView
{
    public void Show(ChatEvent chatEvent)
    {
        var writer = chatEvent is ErrorEvent ? error : output;
        foreach (var line in EventText.Lines(chatEvent))
            writer.WriteLine(line);
    }

    public void Dispose()
    {
        output.Dispose();
        error.Dispose();
    }
}
