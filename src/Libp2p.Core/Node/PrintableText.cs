using System.Globalization;
using System.Text;

namespace Libp2p;

/// <summary>
/// Text from the network made fit for a terminal, a log or a page: what moves the cursor, hides, or turns the direction of
/// writing is shown as an escape instead of obeyed.
/// </summary>
public static class PrintableText
{
    /// <summary>Escapes control characters (C0, DEL, C1), line and paragraph separators, bidirectional controls, invisible format characters and lone surrogates.</summary>
    /// <param name="text">Untrusted text.</param>
    /// <param name="maxLength">Characters of <paramref name="text"/> that are kept; the rest becomes an ellipsis.</param>
    public static string Escape(string text, int maxLength = 1024)
    {
        var cut = text.Length > maxLength;
        var source = cut ? text.AsSpan(0, maxLength) : text;
        StringBuilder? escaped = null;
        var position = 0;
        while (position < source.Length)
        {
            var status = Rune.DecodeFromUtf16(source[position..], out var rune, out var length);
            if (status == System.Buffers.OperationStatus.Done && IsPrintable(rune))
            {
                escaped?.Append(source.Slice(position, length));
            }
            else
            {
                escaped ??= new StringBuilder().Append(source[..position]);
                var value = status == System.Buffers.OperationStatus.Done ? rune.Value : source[position];
                escaped.Append(CultureInfo.InvariantCulture, $"\\u{{{value:x}}}");
            }
            position += length;
        }
        var result = escaped?.ToString() ?? source.ToString();
        return cut ? result + "…" : result;
    }

    /// <summary>Reads bytes as UTF-8, each bad one as U+FFFD, and escapes the text.</summary>
    public static string Escape(ReadOnlySpan<byte> utf8, int maxLength = 1024) =>
        Escape(Encoding.UTF8.GetString(utf8.Length > maxLength * 4L ? utf8[..(maxLength * 4)] : utf8), maxLength);

    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => false,
        UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned => false,
        // Joiners shape letters and emoji; every other format character hides or reverses.
        UnicodeCategory.Format => rune.Value is 0x200c or 0x200d,
        _ => true,
    };
}
