using System.Text;

namespace Tincan.Chat.Rooms;

/// <summary>What is left of a name when what looks alike is taken for the same. Two names of one skeleton can be confused.</summary>
internal static class NameSkeleton
{
    private const int ShortIdLength = 8;

    /// <summary>The skeleton of a name.</summary>
    public static string Of(string name)
    {
        var skeleton = new StringBuilder(name.Length);
        foreach (var c in name)
        {
            if (char.IsWhiteSpace(c) || c is '_' or '-' or '.' or '\'')
                continue;
            skeleton.Append(char.ToLowerInvariant(c) switch
            {
                'i' or '1' or '|' or '!' => 'l',
                '0' => 'o',
                '5' or '$' => 's',
                var other => other,
            });
        }
        return skeleton.Replace("rn", "m").Replace("vv", "w").Replace("cl", "d").ToString();
    }

    /// <summary>Whether a name is of letters that everyone can tell apart, and cannot pass for a peer's id or for what the chat itself says.</summary>
    public static bool IsPlain(string name) =>
        name.All(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '_' or '-' or '.' or '\'') && name.Length != ShortIdLength && Of(name) is not ("you" or "tlncan" or "");
}
