namespace Tincan.Chat;

/// <summary>Where a chat is seen. Told one event at a time.</summary>
internal interface IChatView : IDisposable
{
    /// <summary>Shows an event, with what came from the network escaped.</summary>
    /// <exception cref="IOException">It can be seen no more.</exception>
    void Show(ChatEvent chatEvent);
}
