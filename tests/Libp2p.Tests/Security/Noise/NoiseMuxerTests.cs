using Libp2p.Security.Noise;
using Libp2p.Testing;

namespace Libp2p.Tests.Security.Noise;

/// <summary>The muxer that the handshake agrees on, against every way in which others compute it.</summary>
public sealed class NoiseMuxerTests
{
    private static readonly TimeSpan Alive = PipeTransfer.Alive;

    [Theory]
    [InlineData("/a", "/a", "/a")]
    [InlineData("/a /b", "/b", "/b")]
    [InlineData("/a /b", "/b /a", null)] // a listener that has several announces none: they are negotiated afterwards
    [InlineData("/b", "/b /a", null)]
    [InlineData("", "/a", null)]
    [InlineData("/a", "", null)]
    [InlineData("", "", null)]
    public async Task Both_sides_of_ours_agree(string dialerMuxers, string listenerMuxers, string? agreed)
    {
        var (dialing, listening) = await RunAsync(dialerMuxers, listenerMuxers);
        var dialed = await dialing.WaitAsync(Alive);
        var accepted = await listening.WaitAsync(Alive);
        Assert.Equal(agreed, dialed.EarlyMuxer?.ToString());
        Assert.Equal(agreed, accepted.EarlyMuxer?.ToString());
    }

    [Fact]
    public async Task Nothing_in_common_fails_the_connection()
    {
        var (dialing, listening) = await RunAsync("/a /c", "/b");
        var error = await Assert.ThrowsAsync<NegotiationException>(() => dialing.WaitAsync(Alive));
        Assert.Equal(Libp2pError.NegotiationFailed, error.Error);
        Assert.Equal(["/b"], error.Offered);
        Assert.Contains("/b", error.Message, StringComparison.Ordinal);
        Assert.Contains("/a, /c", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<Libp2pException>(() => listening.WaitAsync(Alive));
    }

    /// <summary>As the dialler, against a listener with a list: go computes from our list, js from ours too, a third from its own.</summary>
    [Theory]
    [InlineData("/a /b", "/a /b", "/a")]
    [InlineData("/a /b", "/b /a", "/a")]
    [InlineData("/a /b", "/x /b", "/b")]
    public async Task As_the_dialer_only_the_choice_is_sent(string ours, string theirs, string agreed)
    {
        await using var links = new LinkPair();
        using var identity = Identity.Generate();
        using var peer = new ScriptedPeer(links.Listener, Role.Listener);
        var dialing = SecureAsync(links.Dialer, identity, Role.Dialer, ours);
        await peer.HearAsync();
        await peer.SayAsync(peer.Honest(identity, Split(theirs)));
        var dialed = await dialing.WaitAsync(Alive);
        await dialed.Output.FlushAsync();
        var heard = (await peer.HearPayloadAsync()).StreamMuxers;
        Assert.Equal([agreed], heard);
        Assert.Equal(agreed, dialed.EarlyMuxer?.ToString());
        Assert.Equal(agreed, heard.First(m => Split(theirs).Contains(m)).ToString());
        Assert.Equal(agreed, Split(theirs).First(m => heard.Contains(m)).ToString());
    }

    [Fact]
    public async Task As_the_dialer_all_is_sent_to_a_listener_without_a_list()
    {
        await using var links = new LinkPair();
        using var identity = Identity.Generate();
        using var peer = new ScriptedPeer(links.Listener, Role.Listener);
        var dialing = SecureAsync(links.Dialer, identity, Role.Dialer, "/a /b");
        await peer.HearAsync();
        await peer.SayAsync(peer.Honest(identity));
        var dialed = await dialing.WaitAsync(Alive);
        await dialed.Output.FlushAsync();
        Assert.Equal(["/a", "/b"], (await peer.HearPayloadAsync()).StreamMuxers);
        Assert.Null(dialed.EarlyMuxer);
    }

    /// <summary>As the listener, against a dialler that computes from its own list (go) or from ours (js).</summary>
    [Theory]
    [InlineData("/a", "/b /a", "/a")]
    [InlineData("/a /b", "/b", null)]
    [InlineData("/b /a", "/b /a", null)]
    [InlineData("/a", "", null)]
    [InlineData("", "/a", null)]
    public async Task As_the_listener_a_single_one_is_announced_and_of_several_none(string ours, string theirs, string? agreed)
    {
        await using var links = new LinkPair();
        using var identity = Identity.Generate();
        using var peer = new ScriptedPeer(links.Dialer, Role.Dialer);
        var listening = SecureAsync(links.Listener, identity, Role.Listener, ours);
        await peer.SayAsync(Array.Empty<byte>());
        var announced = (await peer.HearPayloadAsync()).StreamMuxers;
        Assert.Equal(Split(ours).Length == 1 ? Split(ours) : [], announced);
        await peer.SayAsync(peer.Honest(identity, Split(theirs)));
        Assert.Equal(agreed, (await listening.WaitAsync(Alive)).EarlyMuxer?.ToString());
        if (agreed is not null)
        {
            Assert.Equal(agreed, Split(theirs).First(m => announced.Contains(m)).ToString());
            Assert.Equal(agreed, announced.First(m => Split(theirs).Contains(m)).ToString());
        }
    }

    [Fact]
    public async Task As_the_listener_nothing_in_common_fails_the_connection()
    {
        await using var links = new LinkPair();
        using var identity = Identity.Generate();
        using var peer = new ScriptedPeer(links.Dialer, Role.Dialer);
        var listening = SecureAsync(links.Listener, identity, Role.Listener, "/a");
        await peer.SayAsync(Array.Empty<byte>());
        await peer.HearAsync();
        // A name that would turn the terminal must not get there.
        await peer.SayAsync(peer.Honest(identity, "/x\u001b[2J"));
        var error = await Assert.ThrowsAsync<NegotiationException>(() => listening.WaitAsync(Alive));
        Assert.Equal(Libp2pError.NegotiationFailed, error.Error);
        Assert.DoesNotContain('\u001b', error.Message);
    }

    [Theory]
    [InlineData(Role.Dialer)]
    [InlineData(Role.Listener)]
    public async Task The_first_message_carries_nothing(Role ours)
    {
        await using var links = new LinkPair();
        using var identity = Identity.Generate();
        using var peer = new ScriptedPeer(ours == Role.Dialer ? links.Listener : links.Dialer, ours == Role.Dialer ? Role.Listener : Role.Dialer);
        var securing = SecureAsync(ours == Role.Dialer ? links.Dialer : links.Listener, identity, ours, "/a");
        if (ours == Role.Dialer)
        {
            Assert.Empty(await peer.HearAsync());
            await peer.SayAsync(peer.Honest(identity, "/a"));
        }
        else
        {
            // Extensions in the first message are no extensions.
            await peer.SayAsync(new NoisePayload { StreamMuxers = ["/nonsense"] });
            await peer.HearAsync();
            await peer.SayAsync(peer.Honest(identity, "/a"));
        }
        Assert.Equal("/a", (await securing.WaitAsync(Alive)).EarlyMuxer?.ToString());
    }

    private static async Task<(Task<SecureLink> Dialing, Task<SecureLink> Listening)> RunAsync(string dialerMuxers, string listenerMuxers)
    {
        var links = new LinkPair();
        using var dialer = Identity.Generate();
        using var listener = Identity.Generate();
        var listening = SecureAsync(links.Listener, listener, Role.Listener, listenerMuxers);
        var dialing = SecureAsync(links.Dialer, dialer, Role.Dialer, dialerMuxers);
        await Task.WhenAny(dialing);
        if (dialing.IsCompletedSuccessfully)
            await (await dialing).Output.FlushAsync();
        else
            links.Dialer.Abort();
        await Task.WhenAny(listening).WaitAsync(Alive);
        return (dialing, listening);
    }

    private static async Task<SecureLink> SecureAsync(Link link, Identity identity, Role role, string muxers) =>
        await new NoiseProtocol().SecureAsync(link, new HandshakeContext(identity, role, null, Split(muxers)), CancellationToken.None);

    private static ProtocolId[] Split(string muxers) => [.. muxers.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(m => new ProtocolId(m))];
}
