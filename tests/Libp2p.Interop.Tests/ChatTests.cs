using System.Text;
using Libp2p.Interop.Tests.Nodes;

namespace Libp2p.Interop.Tests;

/// <summary>Direct messages of the workshop, with the reply on the same stream.</summary>
public sealed class ChatTests(Encounters encounters) : IClassFixture<Encounters>
{
    const int Many = 200;

    public static TheoryData<Side, string, int> Texts()
    {
        var data = new TheoryData<Side, string, int>();
        foreach (var dialer in Enum.GetValues<Side>())
        {
            data.Add(dialer, "", 0);
            data.Add(dialer, "a", 1);
            data.Add(dialer, "Grüße aus Zürich 🌍 你好", 1);
            data.Add(dialer, "x", 64 * 1024);
            data.Add(dialer, "🌍", 64 * 1024 / 4);
            // Beyond one frame, and no multiple of anything: a character is cut by a frame's end.
            data.Add(dialer, "é€", 30_001);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task Our_message_arrives_and_the_reply_returns(Side dialer, string unit, int count)
    {
        await using var met = await encounters.BeginAsync(dialer);
        var text = Repeat(unit, count);
        Assert.Equal(Encounters.Reply, await SendAsync(met, text));
        var got = await met.Js.WaitForAsync("direct", cancellationToken: met.Deadline);
        Assert.Equal(met.Ours.Peer, got.Text("from"));
        Assert.Equal(text, got.Text("text"));
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task The_message_of_js_arrives_and_our_reply_returns(Side dialer, string unit, int count)
    {
        await using var met = await encounters.BeginAsync(dialer);
        var text = Repeat(unit, count);
        var sent = await met.Js.AskAsync("direct", new { peer = met.Ours.Peer, text }, "direct-sent");
        Assert.Equal(Encounters.Reply, sent.Text("reply"));
        Assert.Equal(text, await met.Ours.Protocols.MessageAsync(met.Deadline));
    }

    /// <summary>
    /// The whole message leaves in one burst behind the proposal of its protocol. js-libp2p would never see an end that arrives
    /// before its handler reads, so ours holds the end back until the answer is here.
    /// </summary>
    [Theory]
    [InlineData(Side.Ours)]
    [InlineData(Side.Js)]
    public async Task Many_messages_whose_end_leaves_at_once_all_get_their_reply(Side dialer)
    {
        await using var met = await encounters.BeginAsync(dialer);
        var texts = Enumerable.Range(0, Many).Select(i => $"message {i}").ToArray();
        foreach (var text in texts.Take(Many / 2))
            Assert.Equal(Encounters.Reply, await SendAsync(met, text));
        var replies = await Task.WhenAll(texts.Skip(Many / 2).Select(text => SendAsync(met, text)));
        Assert.All(replies, reply => Assert.Equal(Encounters.Reply, reply));

        var arrived = new HashSet<string>();
        while (arrived.Count < Many)
            Assert.True(arrived.Add((await met.Js.WaitForAsync("direct", cancellationToken: met.Deadline)).Text("text")));
        Assert.Equal(texts.Order(), arrived.Order());
    }

    /// <summary>A sender that wants no reply disposes its stream right after the text: it must arrive all the same.</summary>
    [Theory]
    [InlineData(Side.Ours)]
    [InlineData(Side.Js)]
    public async Task A_message_whose_sender_leaves_at_once_arrives(Side dialer)
    {
        await using var met = await encounters.BeginAsync(dialer);
        for (var i = 0; i < 20; i++)
        {
            var stream = await met.OpenAsync(TestProtocols.Chat);
            await stream.Output.WriteAsync(Encoding.UTF8.GetBytes($"farewell {i}"), met.Deadline);
            await stream.DisposeAsync();
            Assert.Equal($"farewell {i}", (await met.Js.WaitForAsync("direct", cancellationToken: met.Deadline)).Text("text"));
        }
    }

    static string Repeat(string unit, int count) => new StringBuilder().Insert(0, unit, count).ToString();

    static async Task<string> SendAsync(Encounter met, string text)
    {
        await using var stream = await met.OpenAsync(TestProtocols.Chat);
        await stream.Output.WriteAsync(Encoding.UTF8.GetBytes(text), met.Deadline);
        await stream.CloseWriteAsync();
        return Encoding.UTF8.GetString(await stream.ReadToEndAsync(met.Deadline));
    }
}
