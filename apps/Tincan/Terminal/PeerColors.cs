using Libp2p;

namespace Tincan.Terminal;

/// <summary>Gives each peer a colour that is always its own, from its id.</summary>
internal static class PeerColors
{
    private const uint FnvOffset = 2166136261;
    private const uint FnvPrime = 16777619;

    // Of the 256 colours of terminals those that read well on light and on dark, and differ.
    private static readonly byte[] Palette = [31, 33, 37, 64, 67, 97, 103, 125, 130, 131, 133, 136, 139, 166, 168, 172];

    /// <summary>The number of a peer's colour among the 256 of terminals.</summary>
    public static byte Of(PeerId peer)
    {
        // A hash that is the same in every process (FNV-1a).
        var hash = FnvOffset;
        foreach (var value in peer.Span)
            hash = unchecked((hash ^ value) * FnvPrime);
        return Palette[hash % (uint)Palette.Length];
    }
}
