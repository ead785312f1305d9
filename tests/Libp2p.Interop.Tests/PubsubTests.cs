using System.Security.Cryptography;
using System.Text;
using Libp2p.Interop.Tests.Nodes;
using Libp2p.Interop.Tests.Peers;
using Libp2p.Protocols.Gossipsub;

namespace Libp2p.Interop.Tests;

/// <summary>Gossipsub and floodsub with js-libp2p of today: subscriptions, meshes, messages of all sizes, gossip, and that nobody thinks ill of the other.</summary>
public sealed class PubsubTests(ITestOutputHelper output)
{
    private const string Topic = "/tincan/room/interop";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>How long those of the mesh of both kinds talk.</summary>
    private static readonly TimeSpan Talk = Environment.GetEnvironmentVariable("TINCAN_LONG") == "1" ? TimeSpan.FromMinutes(5) : TimeSpan.FromSeconds(30);

    private readonly CancellationToken _deadline = new CancellationTokenSource(Talk + TimeSpan.FromMinutes(2)).Token;

    public static TheoryData<int> Sizes => [1, 1000, 10 * 1024, 60 * 1024];

    [Theory]
    [InlineData(Side.Ours)]
    [InlineData(Side.Js)]
    public async Task A_mesh_is_formed_and_messages_of_all_sizes_go_both_ways(Side dialer)
    {
        await using var js = await JsPeer.ListenAsync("--pubsub", "gossipsub");
        await using var ours = await StartAsync();
        await ConnectAsync(ours, js, dialer);
        using var subscription = Pubsub(ours).Subscribe(Topic);
        await js.AskAsync("subscribe", new { topic = Topic }, "subscribed", cancellationToken: _deadline);
        await MeshAsync(ours, js);
        Assert.Equal(GossipsubVersion.V12, Pubsub(ours).Inspect().Peers.Single().Version);
        // Which Identify tells, and a mesh does not wait for.
        await UntilAsync(() => Task.FromResult(Pubsub(ours).Inspect().Peers.Single().Kind == PubsubPeerKind.Js));
        foreach (int size in Sizes)
            await ExchangeAsync(ours, js, subscription, size);
        await UnharmedAsync(ours, js);
    }

    [Fact]
    public async Task Messages_of_a_mebibyte_pass_with_the_option()
    {
        await using var js = await JsPeer.ListenAsync("--pubsub", "gossipsub");
        await using var ours = await StartAsync(new GossipsubOptions { MaxMessageLength = 1024 * 1024 });
        await ConnectAsync(ours, js, Side.Ours);
        using var subscription = Pubsub(ours).Subscribe(Topic);
        await js.AskAsync("subscribe", new { topic = Topic }, "subscribed", cancellationToken: _deadline);
        await MeshAsync(ours, js);
        await ExchangeAsync(ours, js, subscription, 1024 * 1024);
        await UnharmedAsync(ours, js);
    }

    [Theory]
    [InlineData("ed25519")]
    [InlineData("secp256k1")]
    [InlineData("rsa")]
    public async Task Signatures_of_every_key_type_are_accepted_both_ways(string key)
    {
        await using var js = await JsPeer.ListenAsync("--pubsub", "gossipsub", "--key", key);
        using var identity = Identity.Generate(Enum.Parse<KeyType>(key, ignoreCase: true));
        await using var ours = await StartAsync(identity: identity);
        await ConnectAsync(ours, js, Side.Ours);
        using var subscription = Pubsub(ours).Subscribe(Topic);
        await js.AskAsync("subscribe", new { topic = Topic }, "subscribed", cancellationToken: _deadline);
        await MeshAsync(ours, js);
        await ExchangeAsync(ours, js, subscription, 100);
    }

    [Fact]
    public async Task Messages_without_signatures_pass()
    {
        await using var js = await JsPeer.ListenAsync("--pubsub", "gossipsub", "--no-sign");
        await using var ours = await StartAsync(new GossipsubOptions { SignaturePolicy = SignaturePolicy.StrictNoSign });
        await ConnectAsync(ours, js, Side.Ours);
        using var subscription = Pubsub(ours).Subscribe(Topic);
        await js.AskAsync("subscribe", new { topic = Topic }, "subscribed", cancellationToken: _deadline);
        await MeshAsync(ours, js);
        var data = RandomNumberGenerator.GetBytes(50);
        await Pubsub(ours).PublishAsync(Topic, data, _deadline);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(data)), (await js.WaitForAsync("pubsub", cancellationToken: _deadline)).Text("sha256"));
        await js.AskAsync("publish", new { topic = Topic, text = "nobody" }, "published", cancellationToken: _deadline);
        Assert.Null((await NextAsync(subscription)).From);
    }

    [Fact]
    public async Task Leaving_is_seen_on_both_sides()
    {
        await using var js = await JsPeer.ListenAsync("--pubsub", "gossipsub");
        await using var ours = await StartAsync();
        await ConnectAsync(ours, js, Side.Ours);
        var subscription = Pubsub(ours).Subscribe(Topic);
        await js.AskAsync("subscribe", new { topic = Topic }, "subscribed", cancellationToken: _deadline);
        await MeshAsync(ours, js);
        subscription.Dispose();
        await UntilAsync(async () => (await PeersAsync(js)) is var p && p.Texts("subscribers").Count == 0 && p.Texts("mesh").Count == 0);
        await js.AskAsync("unsubscribe", new { topic = Topic }, "unsubscribed", cancellationToken: _deadline);
        await UntilAsync(() => Task.FromResult(Pubsub(ours).GetSubscribers(Topic).Count == 0));
        Assert.Equal(0, (await Pubsub(ours).PublishAsync(Topic, new byte[1], _deadline)).Recipients);
    }

    [Theory]
    [InlineData(Side.Ours)]
    [InlineData(Side.Js)]
    public async Task Floodsub_goes_both_ways(Side dialer)
    {
        await using var js = await JsPeer.ListenAsync("--pubsub", "floodsub");
        await using var ours = await StartAsync();
        await ConnectAsync(ours, js, dialer);
        using var subscription = Pubsub(ours).Subscribe(Topic);
        await js.AskAsync("subscribe", new { topic = Topic }, "subscribed", cancellationToken: _deadline);
        await UntilAsync(async () => Pubsub(ours).GetSubscribers(Topic).Count == 1 && (await PeersAsync(js)).Texts("subscribers").Count == 1);
        Assert.Equal(GossipsubVersion.Floodsub, Pubsub(ours).Inspect().Peers.Single().Version);
        foreach (int size in Sizes)
            await ExchangeAsync(ours, js, subscription, size);
    }

    [Fact]
    public async Task In_a_line_of_five_each_end_hears_the_other_once()
    {
        await using var first = await StartAsync();
        await using var second = await JsPeer.ListenAsync("--pubsub", "gossipsub");
        await using var third = await StartAsync();
        await using var fourth = await JsPeer.ListenAsync("--pubsub", "gossipsub");
        await using var fifth = await StartAsync();
        await ConnectAsync(first, second, Side.Ours);
        await ConnectAsync(third, second, Side.Ours);
        await ConnectAsync(third, fourth, Side.Ours);
        await ConnectAsync(fifth, fourth, Side.Ours);
        using var atFirst = Pubsub(first).Subscribe(Topic);
        using var atThird = Pubsub(third).Subscribe(Topic);
        using var atFifth = Pubsub(fifth).Subscribe(Topic);
        foreach (var js in new[] { second, fourth })
            await js.AskAsync("subscribe", new { topic = Topic }, "subscribed", cancellationToken: _deadline);
        await UntilAsync(async () => MeshSize(first) == 1 && MeshSize(third) == 2 && MeshSize(fifth) == 1
            && (await PeersAsync(second)).Texts("mesh").Count == 2 && (await PeersAsync(fourth)).Texts("mesh").Count == 2);
        await Pubsub(first).PublishAsync(Topic, Encoding.UTF8.GetBytes("from the first"), _deadline);
        await Pubsub(fifth).PublishAsync(Topic, Encoding.UTF8.GetBytes("from the fifth"), _deadline);
        // A last word from the middle on the same way: what had come twice would have come before it.
        Assert.Equal("from the first", await TextAsync(atFifth));
        Assert.Equal("from the fifth", await TextAsync(atFirst));
        await Pubsub(third).PublishAsync(Topic, Encoding.UTF8.GetBytes("from the third"), _deadline);
        Assert.Equal("from the third", await TextAsync(atFifth));
        Assert.Equal("from the third", await TextAsync(atFirst));
        await UnharmedAsync(first, second);
        await UnharmedAsync(fifth, fourth);
    }

    [Fact]
    public async Task In_a_mesh_of_both_kinds_nobody_loses_the_other_s_esteem()
    {
        // Degrees so low that some peers are outside of the mesh and gossip goes to them, and messages so large that IDONTWANT is said.
        List<OurNode> ours = [];
        List<JsPeer> theirs = [];
        try
        {
            for (var i = 0; i < 3; i++)
            {
                ours.Add(await StartAsync(new GossipsubOptions { MeshDegree = 2, MeshDegreeLow = 2, MeshDegreeHigh = 3, MeshDegreeScore = 1, MeshDegreeOutbound = 1, FloodPublish = false }));
                theirs.Add(await JsPeer.ListenAsync("--pubsub", "gossipsub"));
            }
            foreach (var our in ours)
            {
                foreach (var their in theirs)
                    await ConnectAsync(our, their, Side.Ours);
                foreach (var other in ours.TakeWhile(o => o != our))
                    await our.Node.ConnectAsync(other.Node.Addresses[0], _deadline);
            }
            var subscriptions = ours.ConvertAll(o => Pubsub(o).Subscribe(Topic));
            foreach (var their in theirs)
                await their.AskAsync("subscribe", new { topic = Topic, quiet = true }, "subscribed", cancellationToken: _deadline);
            await UntilAsync(() => Task.FromResult(ours.TrueForAll(o => Pubsub(o).GetSubscribers(Topic).Count == 5 && MeshSize(o) >= 2)));
            var sent = 0;
            var (unwantedByThem, unwantedByUs) = (false, false);
            for (var began = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(began) < Talk; sent += 2)
            {
                await Pubsub(ours[sent / 2 % 3]).PublishAsync(Topic, RandomNumberGenerator.GetBytes(sent % 8 < 4 ? 200 : 3000), _deadline);
                await theirs[sent / 2 % 3].AskAsync("publish", new { topic = Topic, bytes = sent % 8 < 4 ? 200 : 3000 }, "published", cancellationToken: _deadline);
                unwantedByThem |= ours.Exists(o => Pubsub(o).Inspect().Peers.Any(p => p is { Kind: PubsubPeerKind.Js, UnwantedMessages: > 0 }));
                unwantedByUs = unwantedByUs || (await PeersAsync(theirs[sent % 3])).Number("unwanted") > 0;
                await Task.Delay(20, _deadline);
            }
            output.WriteLine($"{sent} messages in {Talk}");
            Assert.True(unwantedByThem && unwantedByUs, "No IDONTWANT was seen on one of the sides.");
            foreach (var our in ours)
            {
                var own = Enumerable.Range(0, sent / 2).Count(i => i % 3 == ours.IndexOf(our));
                await UntilAsync(() => Task.FromResult(Pubsub(our).Inspect().Counters.Delivered == sent - own));
                output.WriteLine($"ours: {Pubsub(our).Inspect().Counters}, peers {string.Join(", ", Pubsub(our).Inspect().Peers.Select(p => $"{p.Kind} {p.Score.Score:0.0}"))}");
                Assert.All(Pubsub(our).Inspect().Peers, p => Assert.True(p.Score.Behaviour == 0 && p.Score.Score >= 0, $"{p.Peer} ({p.Kind}) has {p.Score}."));
                Assert.Equal(0, Pubsub(our).Inspect().Counters.Refused);
            }
            foreach (var their in theirs)
            {
                await UntilAsync(async () => (await their.AskAsync("pubsub-count", new { topic = Topic }, "pubsub-count", cancellationToken: _deadline)).Number("messages")
                    >= sent - Enumerable.Range(0, sent / 2).Count(i => i % 3 == theirs.IndexOf(their)));
                var scores = (await PeersAsync(their)).Json.GetProperty("scores").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetDouble(), StringComparer.Ordinal);
                output.WriteLine($"js: thinks of ours {string.Join(", ", scores.Values.Select(s => $"{s:0.0}"))}");
                Assert.Equal(3, scores.Count);
                Assert.All(scores, s => Assert.True(s.Value >= 0, $"js thinks {s.Value} of {s.Key}."));
            }
            subscriptions.ForEach(s => s.Dispose());
        }
        finally
        {
            foreach (var our in ours)
                await our.DisposeAsync();
            foreach (var their in theirs)
                await their.DisposeAsync();
        }
    }

    private static GossipsubService Pubsub(OurNode node) => node.Node.Get<GossipsubService>();

    private static int MeshSize(OurNode node) => Pubsub(node).Inspect().Topics.SingleOrDefault(t => t.Name == Topic)?.Mesh.Count ?? 0;

    private static Task<OurNode> StartAsync(GossipsubOptions? options = null, Identity? identity = null) => OurNode.StartAsync(b =>
    {
        b.AddGossipsub(options);
        if (identity is not null)
            b.UseIdentity(identity);
    });

    private async Task ConnectAsync(OurNode ours, JsPeer js, Side dialer)
    {
        if (dialer == Side.Ours)
            await ours.Node.ConnectAsync(Multiaddress.Parse(js.Addresses[0], null), _deadline);
        else
            await js.AskAsync("dial", new { addr = ours.Address }, "dialed", cancellationToken: _deadline);
    }

    private Task<PeerEvent> PeersAsync(JsPeer js) => js.AskAsync("pubsub-peers", new { topic = Topic }, "pubsub-peers", cancellationToken: _deadline);

    private Task MeshAsync(OurNode ours, JsPeer js) => UntilAsync(async () => MeshSize(ours) == 1 && (await PeersAsync(js)).Texts("mesh").Contains(ours.Peer));

    private async Task ExchangeAsync(OurNode ours, JsPeer js, IPubsubSubscription subscription, int size)
    {
        var data = RandomNumberGenerator.GetBytes(size);
        Assert.Equal(1, (await Pubsub(ours).PublishAsync(Topic, data, _deadline)).Recipients);
        var seen = await js.WaitForAsync("pubsub", within: Patience, cancellationToken: _deadline);
        Assert.Equal((ours.Peer, Convert.ToHexStringLower(SHA256.HashData(data))), (seen.Text("from"), seen.Text("sha256")));
        Assert.Equal(1, (await js.AskAsync("publish", new { topic = Topic, bytes = size }, "published", cancellationToken: _deadline)).Number("recipients"));
        var message = await NextAsync(subscription);
        Assert.Equal((js.Peer, size, true), (message.From?.ToString(), message.Data.Length, message.IsSigned));
    }

    /// <summary>Neither side has anything against the other.</summary>
    private async Task UnharmedAsync(OurNode ours, JsPeer js)
    {
        Assert.All(Pubsub(ours).Inspect().Peers, p => Assert.True(p.Score.Score >= 0, p.Score.ToString()));
        Assert.Equal(0, Pubsub(ours).Inspect().Counters.Refused);
        var scores = (await PeersAsync(js)).Json.GetProperty("scores");
        Assert.True(scores.GetProperty(ours.Peer).GetDouble() >= 0, scores.ToString());
    }

    private async Task<string> TextAsync(IPubsubSubscription subscription) => Encoding.UTF8.GetString((await NextAsync(subscription)).Data.Span);

    private async Task<PubsubMessage> NextAsync(IPubsubSubscription subscription)
    {
        await foreach (var message in subscription.WithCancellation(_deadline))
            return message;
        throw new InvalidOperationException("The subscription ended.");
    }

    private async Task UntilAsync(Func<Task<bool>> condition)
    {
        while (!await condition())
            await Task.Delay(20, _deadline);
    }
}
