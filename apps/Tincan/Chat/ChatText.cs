using System.Text;

namespace Tincan.Chat;

/// <summary>Texts from the network within their bounds.</summary>
internal static class ChatText
{
    /// <summary>Reads UTF-8, bad bytes as U+FFFD, up to a number of bytes and never to the middle of a character.</summary>
    public static string Cut(ReadOnlySpan<byte> utf8, int maxBytes)
    {
        if (utf8.Length > maxBytes)
        {
            var end = maxBytes;
            // The bytes of a character after its first begin with the bits 10.
            while (end > 0 && maxBytes - end < 3 && (utf8[end] & 0xc0) == 0x80)
                end--;
            utf8 = utf8[..end];
        }
        return Encoding.UTF8.GetString(utf8);
    }
}
