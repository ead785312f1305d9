using Libp2p;

namespace Tincan.Chat.Rooms;

/// <summary>
/// What peers say that they are called. A name is a claim: where it could be taken for another's, it is shown with the end of the
/// peer's id, which nobody can choose. Bounded: those that were set longest ago are forgotten first.
/// </summary>
internal sealed class PeerNames(int maxNames = PeerNames.DefaultMaxNames)
{
    /// <summary>Names that are remembered.</summary>
    public const int DefaultMaxNames = 4096;

    private readonly Lock _gate = new();
    private readonly Dictionary<PeerId, LinkedListNode<(PeerId Peer, string Name, string Skeleton)>> _names = [];
    private readonly LinkedList<(PeerId Peer, string Name, string Skeleton)> _order = [];
    private readonly Dictionary<string, int> _skeletons = new(StringComparer.Ordinal);

    /// <summary>Sets a peer's name; an empty one takes it away.</summary>
    /// <returns>Whether it is another than before.</returns>
    public bool Set(PeerId peer, string name)
    {
        lock (_gate)
        {
            if (_names.TryGetValue(peer, out var before))
            {
                if (before.Value.Name == name)
                    return false;
                Remove(before);
            }
            else if (name.Length == 0)
            {
                return false;
            }
            if (name.Length == 0)
                return true;
            if (_names.Count >= maxNames)
                Remove(_order.First!);
            var skeleton = NameSkeleton.Of(name);
            _names[peer] = _order.AddLast((peer, name, skeleton));
            _skeletons[skeleton] = _skeletons.GetValueOrDefault(skeleton) + 1;
            return true;
        }
    }

    /// <summary>What a peer says that it is called; null where it says nothing.</summary>
    public string? Find(PeerId peer)
    {
        lock (_gate)
            return _names.TryGetValue(peer, out var node) ? node.Value.Name : null;
    }

    /// <summary>The peers of exactly this name.</summary>
    public IReadOnlyList<PeerId> FindPeers(string name)
    {
        lock (_gate)
            return [.. _order.Where(e => e.Name == name).Select(e => e.Peer)];
    }

    /// <summary>How a peer is shown: by its name alone where nobody else's can be taken for it, and else with the end of its id. Not escaped.</summary>
    public string Label(PeerId peer)
    {
        lock (_gate)
        {
            if (!_names.TryGetValue(peer, out var node))
                return peer.ToShortString();
            return _skeletons[node.Value.Skeleton] == 1 && NameSkeleton.IsPlain(node.Value.Name)
                ? node.Value.Name
                : $"{node.Value.Name}·{peer.ToShortString()}";
        }
    }

    private void Remove(LinkedListNode<(PeerId Peer, string Name, string Skeleton)> node)
    {
        var (peer, _, skeleton) = node.Value;
        _order.Remove(node);
        _names.Remove(peer);
        if (--_skeletons[skeleton] == 0)
            _skeletons.Remove(skeleton);
    }
}
