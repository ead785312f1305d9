using System.Buffers;
using System.Text;
using Libp2p.Transports.WebSocket;

namespace Libp2p.Tests.Transports.WebSocket;

public class HttpUpgradeCodecTests
{
    // The example of RFC 6455, section 1.3.
    const string Key = "dGhlIHNhbXBsZSBub25jZQ==";
    const string Accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
    const string Rest = "Host: a.example:8000\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: " + Key + "\r\nSec-WebSocket-Version: 13\r\n\r\n";

    [Fact]
    public void Reads_what_it_writes()
    {
        var output = new ArrayBufferWriter<byte>();
        HttpUpgradeCodec.WriteRequest(output, "[2001:db8::1]:8000", "/a%20b", Key);
        Assert.Equal(output.WrittenCount, HttpUpgradeCodec.FindEnd(output.WrittenSpan));
        Assert.True(HttpUpgradeCodec.TryReadRequest(output.WrittenSpan, out var request, out var refusal), $"{refusal}");
        Assert.Equal(("/a%20b", "[2001:db8::1]:8000", Key), (request.Target, request.Host, request.Key));

        output.Clear();
        HttpUpgradeCodec.WriteResponse(output, Key);
        Assert.Contains($"Sec-WebSocket-Accept: {Accept}\r\n", Encoding.ASCII.GetString(output.WrittenSpan), StringComparison.Ordinal);
        Assert.True(HttpUpgradeCodec.TryReadResponse(output.WrittenSpan, Key, out var error), error);
    }

    [Fact]
    public void Takes_what_browsers_and_proxies_send()
    {
        const string Text = "GET /chat?x=1 HTTP/1.1\r\nhost:a.example\r\nUPGRADE: h2c, WebSocket\r\nConnection: keep-alive, Upgrade\r\nOrigin: https://a.example\r\n"
            + "Sec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Protocol: x\r\nCookie: \u00e9=1\r\nX-Forwarded-For: 192.0.2.1\r\nx-forwarded-for:\t198.51.100.2 \r\n"
            + "Forwarded: for=192.0.2.9\r\nContent-Length: 0\r\nsec-websocket-key: " + Key + "\r\nSec-WebSocket-Version: 13\r\n\r\n";
        Assert.True(Read(Text, out var request, out var refusal), $"{refusal}");
        Assert.Equal("/chat?x=1", request!.Target);
        Assert.Equal("192.0.2.1, 198.51.100.2", request.XForwardedFor);
        Assert.Equal("for=192.0.2.9", request.Forwarded);
    }

    [Theory]
    [InlineData("POST / HTTP/1.1\r\n" + Rest, 405)]
    [InlineData("GET / HTTP/1.0\r\n" + Rest, 400)]
    [InlineData("GET /a b HTTP/1.1\r\n" + Rest, 400)]
    [InlineData("GET  HTTP/1.1\r\n" + Rest, 400)]
    [InlineData("GET /\u00e9 HTTP/1.1\r\n" + Rest, 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n", 426)]
    [InlineData("GET / HTTP/1.1\r\nSec-WebSocket-Version: 8\r\n" + Rest, 426)]
    [InlineData("GET / HTTP/1.1\r\nHost: b.example\r\n" + Rest, 400)]
    [InlineData("GET / HTTP/1.1\r\nSec-WebSocket-Key: " + Key + "\r\n" + Rest, 400)]
    [InlineData("GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + Rest, 400)]
    [InlineData("GET / HTTP/1.1\r\nContent-Length: 5\r\n" + Rest, 400)]
    [InlineData("GET / HTTP/1.1\r\nX: a\r\n folded\r\n" + Rest, 400)]
    [InlineData("GET / HTTP/1.1\r\nX : a\r\n" + Rest, 400)]
    [InlineData("GET / HTTP/1.1\r\nX: a\nY: b\r\n" + Rest, 400)]
    [InlineData("GET / HTTP/1.1\r\nX: \0\r\n" + Rest, 400)]
    [InlineData("GET / HTTP/1.1\r\nnothing\r\n" + Rest, 400)]
    public void Refuses_with_a_status(string text, int status)
    {
        Assert.False(Read(text, out _, out var refusal));
        Assert.Equal(status, refusal!.Status);
        var output = new ArrayBufferWriter<byte>();
        HttpUpgradeCodec.WriteRefusal(output, refusal);
        var answer = Encoding.ASCII.GetString(output.WrittenSpan);
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        Assert.Contains(status == 426 ? "\r\nConnection: Upgrade, close\r\n" : "\r\nConnection: close\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void A_head_has_bounds()
    {
        Assert.Equal(0, HttpUpgradeCodec.FindEnd(new byte[HttpUpgradeCodec.MaxHead - 1]));
        Assert.Equal(-1, HttpUpgradeCodec.FindEnd(new byte[HttpUpgradeCodec.MaxHead]));
        var many = string.Concat(Enumerable.Repeat("X: y\r\n", HttpUpgradeCodec.MaxHeaders - 5));
        Assert.True(Read("GET / HTTP/1.1\r\n" + many + Rest, out _, out _));
        Assert.False(Read("GET / HTTP/1.1\r\nX: y\r\n" + many + Rest, out _, out var refusal));
        Assert.Contains("100", refusal!.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n", "refused the WebSocket: 200 OK")]
    [InlineData("HTTP/2 101 \r\n\r\n", "not one of HTTP/1.1")]
    [InlineData("HTTP/1.1 101 X\r\nUpgrade: h2c\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: " + Accept + "\r\n\r\n", "another protocol")]
    [InlineData("HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n", "another request")]
    [InlineData("HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Accept: " + Accept + "\r\n\r\n", "nobody offered")]
    [InlineData("HTTP/1.1 404 \u001b[2J\r\n\r\n", "control character")]
    public void Refuses_an_answer_that_opens_nothing(string text, string error)
    {
        Assert.False(HttpUpgradeCodec.TryReadResponse(Encoding.Latin1.GetBytes(text), Key, out var said));
        Assert.Contains(error, said, StringComparison.Ordinal);
    }

    static bool Read(string text, out HttpUpgradeRequest? request, out HttpRefusal? refusal) =>
        HttpUpgradeCodec.TryReadRequest(Encoding.Latin1.GetBytes(text), out request, out refusal);
}
