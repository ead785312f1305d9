using System.Text;
using Libp2p.Protocols.Gossipsub.Score;

namespace Libp2p.Simulation.Tests.Gossip;

/// <summary>What the honest nodes of a network think of their neighbours, by what these are.</summary>
sealed class ScoreTable
{
    readonly SortedDictionary<string, List<PeerScoreSnapshot>> _kinds = new(StringComparer.Ordinal);

    public ScoreTable(GossipNetwork network)
    {
        var kinds = network.Nodes.ToDictionary(n => n.Id, n => n.IsHostile ? n.GetType().Name : "Honest");
        foreach (var node in network.Nodes.Where(n => !n.IsHostile))
        {
            foreach (var peer in node.Machine.Describe().Peers)
            {
                var place = kinds[peer.Peer] != "Honest" ? "" : peer.Meshes.Count > 0 ? ", in the mesh" : ", outside";
                Of(kinds[peer.Peer] + place).Add(peer.Score);
            }
        }
    }

    public static string Honest => "Honest, in the mesh";

    public double Mean(string kind) => Of(kind).Average(s => s.Score);

    /// <summary>The share of a kind's scores that are below a threshold.</summary>
    public double ShareBelow(string kind, double threshold) => (double)Of(kind).Count(s => s.Score < threshold) / Of(kind).Count;

    public override string ToString()
    {
        var text = new StringBuilder("| who | pairs | mean | least | below 0 | graylisted | P1 | P2 | P4 | P6 | P7 |\n|---|---|---|---|---|---|---|---|---|---|---|\n");
        foreach (var (kind, scores) in _kinds)
        {
            text.Append(FormattableString.Invariant($"| {kind} | {scores.Count} | {scores.Average(s => s.Score):0.0} | {scores.Min(s => s.Score):0} "))
                .Append(FormattableString.Invariant($"| {ShareBelow(kind, 0):P0} | {ShareBelow(kind, -80):P0} | {Part(scores, t => t.TimeInMesh):0.0} "))
                .Append(FormattableString.Invariant($"| {Part(scores, t => t.FirstDeliveries):0.0} | {Part(scores, t => t.InvalidMessages):0} "))
                .Append(FormattableString.Invariant($"| {scores.Average(s => s.Colocation):0} | {scores.Average(s => s.Behaviour):0} |\n"));
        }
        return text.ToString();
    }

    static double Part(List<PeerScoreSnapshot> scores, Func<TopicScoreSnapshot, double> part) => scores.Average(s => s.Topics.Sum(part));

    List<PeerScoreSnapshot> Of(string kind)
    {
        if (!_kinds.TryGetValue(kind, out var scores))
            _kinds.Add(kind, scores = []);
        return scores;
    }
}
