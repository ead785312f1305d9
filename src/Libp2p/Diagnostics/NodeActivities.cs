using System.Diagnostics;

namespace Libp2p.Diagnostics;

/// <summary>What is traced: dials, and the upgrades of links. Null, and free, where nobody listens.</summary>
internal static class NodeActivities
{
    private static readonly ActivitySource Source = new(Libp2pDiagnostics.ActivitySourceName, typeof(NodeActivities).Assembly.GetName().Version?.ToString(3));

    /// <summary>A dial, as its caller waits for it.</summary>
    public static Activity? StartDial(PeerId? peer, int addresses)
    {
        if (Source.StartActivity("libp2p.dial", ActivityKind.Client) is not { } activity)
            return null;
        activity.SetTag("libp2p.peer", peer?.ToString());
        activity.SetTag("libp2p.addresses", addresses);
        return activity;
    }

    /// <summary>The upgrade of a link to a connection. One that was accepted is nobody's child, whatever was under way when this node began to listen.</summary>
    public static Activity? StartUpgrade(Link link, Role role)
    {
        if (!Source.HasListeners())
            return null;
        if (role == Role.Listener)
            Activity.Current = null;
        if (Source.StartActivity("libp2p.upgrade", role == Role.Dialer ? ActivityKind.Client : ActivityKind.Server) is not { } activity)
            return null;
        activity.SetTag("libp2p.dir", MetricLabels.Direction(role));
        activity.SetTag("libp2p.address", link.RemoteAddress.ToString());
        return activity;
    }

    /// <summary>Tells of the connection that it led to.</summary>
    public static void Succeed(Activity? activity, ConnectionInfo connection)
    {
        if (activity is null)
            return;
        activity.SetTag("libp2p.peer", connection.RemotePeer.ToString());
        activity.SetTag("libp2p.security", connection.Security.ToString());
        activity.SetTag("libp2p.muxer", connection.Muxer.ToString());
        activity.SetTag("libp2p.address", connection.RemoteAddress.ToString());
        activity.SetStatus(ActivityStatusCode.Ok);
    }

    /// <summary>Tells why it led to none.</summary>
    public static void Fail(Activity? activity, Exception failure)
    {
        if (activity is null)
            return;
        activity.SetTag("error.type", failure is Libp2pException known ? known.Error.ToString() : failure.GetType().Name);
        activity.SetStatus(ActivityStatusCode.Error, failure.Message);
    }
}
