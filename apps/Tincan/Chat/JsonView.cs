namespace Tincan.Chat;

/// <summary>A chat for programs: an event is a line of JSON.</summary>
internal sealed class JsonView(TextWriter output) : IChatView
{
    public void Show(ChatEvent chatEvent) => output.WriteLine(ChatJson.Write(chatEvent));

    public void Dispose() => output.Dispose();
}
