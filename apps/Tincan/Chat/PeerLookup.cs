using Libp2p;
using Tincan.Commands;

namespace Tincan.Chat;

/// <summary>Finds the peer that a person means.</summary>
internal sealed class PeerLookup(ChatSession session)
{
    private const int ShortestEnd = 4;

    /// <summary>The peer of an id, of the end of one that no other peer has that is here, or of a name that no other has.</summary>
    /// <exception cref="CommandException">It is none, or could be several.</exception>
    public PeerId Find(string text)
    {
        if (PeerId.TryParse(text, out var peer))
            return peer;
        var byEnd = text.Length < ShortestEnd ? [] : Known().Where(p => p.ToString().EndsWith(text, StringComparison.Ordinal)).ToList();
        var found = byEnd.Count > 0 ? byEnd : session.Rooms.Names.FindPeers(text);
        return found switch
        {
            [var only] => only,
            [] => throw new CommandException($"there is no peer {text} here", "/who and /peers show who is; a whole peer id names anyone"),
            _ => throw new CommandException($"{found.Count} peers are called {text}", "write the end of the peer id, as /who shows it"),
        };
    }

    private HashSet<PeerId> Known() => [.. session.Node.Peers, .. session.Ignored, .. session.Rooms.Joined.SelectMany(r => r.Authors().Keys)];
}
