using Libp2p;
using Libp2p.Protocols.Ping;
using Tincan.Chat.Rooms;

namespace Tincan.Chat;

/// <summary>What pubsub holds of a peer.</summary>
/// <param name="Topics">The topics in whose mesh it is.</param>
/// <param name="Score">Its score; above zero for good.</param>
internal sealed record PeerStanding(IReadOnlyList<string> Topics, double Score);

/// <summary>Tells of each connection how it is and what is held of the peer.</summary>
internal sealed class PeerReport(ChatSession session, PingService ping, Func<IReadOnlyDictionary<PeerId, PeerStanding>> standings)
{
    /// <summary>How long a peer may take to answer; whoever takes longer has no round trip.</summary>
    private static readonly TimeSpan PingPatience = TimeSpan.FromSeconds(2);

    /// <summary>Makes the report.</summary>
    public async ValueTask<PeersEvent> MakeAsync(CancellationToken cancellationToken)
    {
        var held = standings();
        return new PeersEvent(await Task.WhenAll(session.Node.Connections.DistinctBy(c => c.RemotePeer)
            .Select(c => DescribeAsync(c, held.GetValueOrDefault(c.RemotePeer), cancellationToken))).ConfigureAwait(false));
    }

    private async Task<PeerItem> DescribeAsync(ConnectionInfo connection, PeerStanding? held, CancellationToken cancellationToken)
    {
        var peer = connection.RemotePeer;
        var info = await session.Node.PeerStore.GetAsync(peer, cancellationToken).ConfigureAwait(false);
        return new PeerItem(peer.ToString(), connection.RemoteAddress.ToString(), connection.Security.ToString(), connection.Muxer.ToString())
        {
            Name = session.Rooms.Names.Find(peer),
            Agent = info?.AgentVersion,
            RttMs = (session.Node.GetRoundTripTime(peer) ?? await MeasureAsync(peer, cancellationToken).ConfigureAwait(false))?.TotalMilliseconds,
            Chat = await DirectSender.TakesMessagesAsync(session.Node, peer, cancellationToken).ConfigureAwait(false),
            Mesh = [.. (held?.Topics ?? []).Select(t => RoomName.OfTopic(t).Name)],
            Score = held?.Score,
            Ignored = session.Ignored.Contains(peer),
            Dropped = session.Dropped(peer),
            Label = session.Rooms.Names.Label(peer),
        };
    }

    private async ValueTask<TimeSpan?> MeasureAsync(PeerId peer, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(PingPatience, session.Node.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            return await ping.PingAsync(peer, either.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is Libp2pException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // It does not answer, or has just gone: it is shown without.
            return null;
        }
    }
}
