namespace Libp2p.Protocols.Gossipsub.Score;

/// <summary>A peer's score and what it is made of, in points.</summary>
/// <param name="Peer">The peer.</param>
/// <param name="IsConnected">False where it has left and is remembered for what it did.</param>
/// <param name="Score">The sum: <paramref name="TopicScore"/>, <paramref name="Application"/>, <paramref name="Colocation"/> and <paramref name="Behaviour"/>.</param>
/// <param name="TopicScore">What all topics give together, capped.</param>
/// <param name="Application">P5: what the application thinks of it.</param>
/// <param name="Colocation">P6: that it shares its address with many.</param>
/// <param name="Behaviour">P7: that it broke the rules of the protocol.</param>
/// <param name="Topics">What each topic gives.</param>
public sealed record PeerScoreSnapshot(
    PeerId Peer, bool IsConnected, double Score, double TopicScore, double Application, double Colocation, double Behaviour,
    IReadOnlyList<TopicScoreSnapshot> Topics);

/// <summary>What one topic gives to a peer's score, in points, the topic's weight among them.</summary>
/// <param name="Topic">The topic.</param>
/// <param name="InMesh">Whether the peer is in the topic's mesh.</param>
/// <param name="TimeInMesh">P1.</param>
/// <param name="FirstDeliveries">P2: messages that it delivered first.</param>
/// <param name="MeshDeliveries">P3: messages that it delivered too few.</param>
/// <param name="MeshFailures">P3b: what it left meshes with.</param>
/// <param name="InvalidMessages">P4.</param>
public sealed record TopicScoreSnapshot(
    string Topic, bool InMesh, double TimeInMesh, double FirstDeliveries, double MeshDeliveries, double MeshFailures, double InvalidMessages)
{
    /// <summary>The sum of the parts.</summary>
    public double Score => TimeInMesh + FirstDeliveries + MeshDeliveries + MeshFailures + InvalidMessages;
}
