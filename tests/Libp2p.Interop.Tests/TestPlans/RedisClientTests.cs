using System.Net;
using System.Net.Sockets;
using System.Text;
using Libp2p.TransportInterop;

namespace Libp2p.Interop.Tests.TestPlans;

/// <summary>The client against a real Redis, and against what only says it is one.</summary>
public sealed class RedisClientTests(RedisServer redis) : IClassFixture<RedisServer>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task The_five_commands_do_what_they_say()
    {
        RedisServer.SkipWhereMissing();
        using var client = await redis.ConnectAsync();
        Assert.Null(await client.GetAsync("value", default));
        await client.SetAsync("value", "one\r\ntwo ü", default);
        Assert.Equal("one\r\ntwo ü", await client.GetAsync("value", default));
        await client.DeleteAsync("value", default);
        Assert.Null(await client.GetAsync("value", default));

        using var other = await redis.ConnectAsync();
        var waiting = client.PopAsync("list", Patience, default);
        await other.PushAsync("list", "first", default);
        Assert.Equal("first", await waiting.WaitAsync(Patience, TimeProvider.System));
        Assert.Null(await client.PopAsync("list", TimeSpan.Zero, default));
        await other.PushAsync("list", "second", default);
        Assert.Equal("WRONGTYPE", (await Assert.ThrowsAsync<RedisException>(() => client.GetAsync("list", default))).Code);
        Assert.Equal("second", await client.PopAsync("list", Patience, default));
    }

    [Theory]
    [InlineData("$70000\r\n", "PROTOCOL")]
    [InlineData("$-2\r\n", "PROTOCOL")]
    [InlineData("$1\r\nabc", "PROTOCOL")]
    [InlineData("*17\r\n", "PROTOCOL")]
    [InlineData("*1\r\n*1\r\n", "PROTOCOL")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n", "PROTOCOL")]
    [InlineData("+no carriage return\n", "PROTOCOL")]
    [InlineData("$5\r\nab", "CLOSED")]
    [InlineData("", "CLOSED")]
    [InlineData("-NOAUTH Authentication required.\r\n", "NOAUTH")]
    public async Task What_is_no_answer_is_refused(string answer, string code) => Assert.Equal(code, (await RefusalAsync(answer)).Code);

    [Fact]
    public async Task A_line_without_an_end_is_refused() => Assert.Equal("PROTOCOL", (await RefusalAsync("+" + new string('a', 5000))).Code);

    private static async Task<RedisException> RefusalAsync(string answer)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var patience = new CancellationTokenSource(Patience);
        using var client = await RedisClient.ConnectAsync("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port, TimeProvider.System, patience.Token);
        using var server = await listener.AcceptTcpClientAsync(patience.Token);
        var asking = client.GetAsync("key", patience.Token);
        await server.GetStream().ReadExactlyAsync(new byte[22], patience.Token);
        await server.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer), patience.Token);
        server.Client.Shutdown(SocketShutdown.Send);
        return await Assert.ThrowsAsync<RedisException>(() => asking);
    }
}
