using Libp2p.Muxers.Yamux;
using Libp2p.Testing;

namespace Libp2p.Tests.Muxers.Yamux;

/// <summary>Which reason a session ends with when its link does.</summary>
public sealed class YamuxConnectionCloseTests
{
    /// <summary>A process that leaves does not read what is still on the way to it, so its goodbye may be followed by a reset of the network.</summary>
    [Fact]
    public async Task A_link_that_breaks_after_a_goodbye_was_closed_by_the_peer()
    {
        await using var raw = new RawYamux();
        await raw.SendAsync(YamuxType.GoAway, 0, 0, (uint)YamuxGoAway.Normal);
        await raw.AssertAliveAsync();
        raw.Remote.Abort(new IOException("the connection was reset by the other side"));
        Assert.Equal(CloseReason.RemoteClose, await raw.Session.Closed.WaitAsync(PipeTransfer.Alive));
    }

    [Fact]
    public async Task The_error_in_a_goodbye_is_the_reason_whatever_happens_to_the_link_then()
    {
        await using var raw = new RawYamux();
        await raw.SendAsync(YamuxType.GoAway, 0, 0, (uint)YamuxGoAway.InternalError);
        await raw.AssertAliveAsync();
        raw.Remote.Abort(new IOException("the connection was reset by the other side"));
        var reason = await raw.Session.Closed.WaitAsync(PipeTransfer.Alive);
        Assert.Equal(new CloseReason(CloseCode.RemoteClose, "it says that it has an internal error"), reason);
    }

    [Fact]
    public async Task A_link_that_breaks_without_a_goodbye_was_lost()
    {
        await using var raw = new RawYamux();
        await raw.AssertAliveAsync();
        raw.Remote.Abort(new IOException("the connection was reset by the other side"));
        Assert.Equal(CloseCode.LinkLost, (await raw.Session.Closed.WaitAsync(PipeTransfer.Alive)).Code);
    }
}
