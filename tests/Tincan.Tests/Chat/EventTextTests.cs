using Libp2p;
using Tincan.Chat;

namespace Tincan.Tests.Chat;

public sealed class EventTextTests
{
    private static readonly string Peer = Identity.Generate().PeerId.ToString();

    [Fact]
    public void Text_from_the_network_is_escaped_in_every_event()
    {
        const string hostile = "\u001b]0;title\a\u202e\u200b\u009b1m\r\nnext";
        ChatEvent[] events =
        [
            new DirectEvent(Peer, hostile), new DisconnectEvent(Peer, hostile), new NameEvent(Peer, hostile), new ErrorEvent(hostile, hostile) { Hint = hostile },
            new PeersEvent([new PeerItem(Peer, "/ip4/127.0.0.1/tcp/1", "/noise", "/yamux/1.0.0", hostile, 1, true, false, 0)]),
            new WhoEvent([new WhoItem(Peer, hostile)]), new NoticeEvent([hostile]),
        ];
        foreach (var line in events.SelectMany(EventText.Lines).Concat(events.Select(ChatJson.Write)))
            Assert.All(line, c => Assert.False(char.IsControl(c) || c is '\u202e' or '\u200b', $"{(int)c:x} in {line}"));
    }

    [Fact]
    public void No_line_of_a_message_can_pass_for_another_peers()
    {
        var lines = EventText.Lines(new DirectEvent(Peer, "one\n<someone> two\r\nthree\n")).ToList();
        Assert.Equal(3, lines.Count);
        Assert.StartsWith("<", lines[0], StringComparison.Ordinal);
        Assert.Equal([EventText.Continuation + "<someone> two", EventText.Continuation + "three"], lines[1..]);
    }

    [Fact]
    public void An_invitation_names_the_address_that_reaches_farthest()
    {
        var ready = new ReadyEvent(Peer, [$"/ip4/127.0.0.1/tcp/1/p2p/{Peer}", $"/ip4/192.168.1.2/tcp/2/p2p/{Peer}", $"/ip4/8.8.8.8/tcp/3/p2p/{Peer}"]);
        var commands = EventText.Invitations(ready).Select(i => i.Command);
        Assert.Equal([$"tincan chat --dial /ip4/8.8.8.8/tcp/3/p2p/{Peer}", $"tincan chat --guest --dial /ip4/127.0.0.1/tcp/1/p2p/{Peer}"], commands);
    }
}
