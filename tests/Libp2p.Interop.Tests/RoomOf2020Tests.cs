using Libp2p.Interop.Tests.Nodes;
using Libp2p.Interop.Tests.Peers;
using Libp2p.Protocols.Gossipsub;

namespace Libp2p.Interop.Tests;

/// <summary>The workshop's room as it was in 2020, over gossipsub 1.0 or floodsub and mplex, with a node of ours in it.</summary>
public sealed class RoomOf2020Tests
{
    [Theory]
    [InlineData("gossipsub", Side.Ours)]
    [InlineData("gossipsub", Side.Js)]
    [InlineData("floodsub", Side.Ours)]
    [InlineData("floodsub", Side.Js)]
    public async Task Texts_names_and_statistics_are_seen_both_ways(string pubsub, Side dialer)
    {
        var deadline = TestContext.Current.CancellationToken;
        await using var ours = await OurNode.StartAsync(b => b.UseLegacySecio().UseMplex().AddGossipsub());
        var room = ours.Node.Get<GossipsubService>();
        using var subscription = room.Subscribe(WorkshopMessage.Topic);
        // Two of them, the second beyond the first: what reaches it was passed on by a node of 2020.
        await using var first = await StartAsync(pubsub);
        await using var second = await StartAsync(pubsub);
        await second.AskAsync("dial", new { addr = first.Addresses[0] }, "dialed");
        if (dialer == Side.Ours)
            await ours.Node.ConnectAsync(Multiaddress.Parse(first.Addresses[0], null), deadline);
        else
            await first.AskAsync("dial", new { addr = ours.Address }, "dialed");
        // Whoever dials is ready before the other side.
        Assert.Equal("/mplex/6.7.0", (await ours.WaitForAsync<ConnectionOpened>(_ => true, deadline)).Connection.Muxer.ToString());
        await UntilAsync(async () => (await first.AskAsync("members", null, "members")).Texts("items").Count == 2 && room.GetSubscribers(WorkshopMessage.Topic).Count == 1);

        foreach (var (message, name) in new[] { (WorkshopMessage.Text("hello, 2020 🌍", "id-1"), "message"), (WorkshopMessage.Name("anna"), "name"), (WorkshopMessage.Stats(first.Peer), "stats") })
        {
            await room.PublishAsync(WorkshopMessage.Topic, message.Encode(), deadline);
            foreach (var js in new[] { first, second })
            {
                var heard = await js.WaitForAsync(name, e => e.Text("from") == ours.Peer, TimeSpan.FromSeconds(60));
                var said = name == "stats" ? heard.Texts("peers")[0] : heard.Text(name == "message" ? "text" : "name");
                Assert.Equal(message.Values[0], said);
            }
        }

        await using var messages = subscription.GetAsyncEnumerator(deadline);
        foreach (var js in new[] { first, second })
        {
            await js.AskAsync("say", new { text = $"hello from {js.Peer}" }, "said");
            await HearAsync(messages, js.Peer, m => m.Type == 0 && m.Values[0] == $"hello from {js.Peer}");
            await js.AskAsync("name", new { name = "berta" }, "named");
            await HearAsync(messages, js.Peer, m => m.Type == 1 && m.Values is ["berta"]);
            await js.AskAsync("stats", null, "stats-sent");
            await HearAsync(messages, js.Peer, m => m.Type == 2 && m.Values.Contains(js == first ? second.Peer : first.Peer));
        }
    }

    static Task<JsPeer> StartAsync(string pubsub) => JsPeer.Start2020Async("--listen", "/ip4/127.0.0.1/tcp/0", "--pubsub", pubsub, "--room");

    static async Task HearAsync(IAsyncEnumerator<PubsubMessage> messages, string from, Func<WorkshopMessage, bool> wanted)
    {
        while (await messages.MoveNextAsync())
        {
            if (messages.Current.From?.ToString() == from && wanted(WorkshopMessage.Decode(messages.Current.Data)))
                return;
        }
        Assert.Fail("the subscription ended");
    }

    static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await isSo())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
