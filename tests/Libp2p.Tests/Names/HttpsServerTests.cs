using System.Buffers.Text;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Libp2p.Names;
using Libp2p.Testing;

namespace Libp2p.Tests.Names;

/// <summary>DNS over HTTPS: what is sent, and what is taken.</summary>
public sealed class HttpsServerTests : IDisposable
{
    private static readonly Uri Server = new("https://dns.example/dns-query");

    private readonly ManualTimeProvider _time = new();
    private readonly ScriptedHandler _handler = new();
    private readonly NameOptions _options = new() { HostsFile = "", ResolverFile = "" };

    public HttpsServerTests()
    {
        _options.HttpsServers.Add(Server);
        _options.HttpsHandler = _handler;
    }

    public void Dispose() => _handler.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_question_is_a_request(bool byGet)
    {
        _options.HttpsByGet = byGet;
        using var resolver = new DnsResolver(_options, _time);
        var host = await resolver.ResolveHostAsync("host.example", AddressFamily.InterNetwork, default);
        Assert.Equal(IPAddress.Parse("192.0.2.1"), Assert.Single(host.Addresses));

        var (method, uri, accept, type, question) = Assert.Single(_handler.Requests);
        Assert.Equal((byGet ? HttpMethod.Get : HttpMethod.Post, "application/dns-message"), (method, accept));
        Assert.Equal(byGet ? null : "application/dns-message", type);
        Assert.Equal(Server.GetLeftPart(UriPartial.Path), uri.GetLeftPart(UriPartial.Path));

        // The same bytes for everyone, so that caches on the way know them.
        Assert.Equal(0, question.Id);
        Assert.Equal("host.example", question.Questions[0].Name.ToString());
    }

    [Fact]
    public async Task What_a_cache_kept_for_a_while_holds_that_much_shorter()
    {
        _handler.Change = r => r.Headers.Age = TimeSpan.FromSeconds(50);
        using var resolver = new DnsResolver(_options, _time);
        await resolver.ResolveHostAsync("host.example", AddressFamily.InterNetwork, default);
        _time.Advance(TimeSpan.FromSeconds(9));
        await resolver.ResolveHostAsync("host.example", AddressFamily.InterNetwork, default);
        Assert.Single(_handler.Requests);
        _time.Advance(TimeSpan.FromSeconds(1));
        await resolver.ResolveHostAsync("host.example", AddressFamily.InterNetwork, default);
        Assert.Equal(2, _handler.Requests.Count);
    }

    [Theory]
    [InlineData("status", "it answered 502")]
    [InlineData("redirect", "it answered 302")]
    [InlineData("type", "no message of DNS")]
    [InlineData("long", "too long")]
    [InlineData("garbage", "cannot be read")]
    [InlineData("other", "one to another question")]
    public async Task What_is_no_answer_is_refused(string kind, string cause)
    {
        _handler.Change = response =>
        {
            switch (kind)
            {
                case "status":
                    response.StatusCode = HttpStatusCode.BadGateway;
                    break;
                case "redirect":
                    response.StatusCode = HttpStatusCode.Redirect;
                    response.Headers.Location = new Uri("https://elsewhere.example/");
                    break;
                case "type":
                    response.Content.Headers.ContentType = new("text/html");
                    break;
                default:
                    byte[] bytes = kind switch { "long" => new byte[DnsMessageCodec.MaxMessage + 1], "garbage" => [1, 2, 3], _ => ScriptedServer.Write(new() { IsResponse = true }) };
                    response.Content = new ByteArrayContent(bytes);
                    response.Content.Headers.ContentType = new("application/dns-message");
                    break;
            }
        };
        using var resolver = new DnsResolver(_options, _time);
        var failure = await Assert.ThrowsAsync<Libp2pException>(async () => await resolver.ResolveHostAsync("host.example", AddressFamily.InterNetwork, default));
        Assert.Contains(cause, failure.Message, StringComparison.Ordinal);
        Assert.Contains("dns.example", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_without_TLS_is_refused()
    {
        var options = new NameOptions();
        options.HttpsServers.Add(new Uri("http://dns.example/dns-query"));
        Assert.Throws<ArgumentException>(() => new DnsResolver(options));
    }

    private sealed class ScriptedHandler : HttpMessageHandler
    {
        public List<(HttpMethod Method, Uri Uri, string Accept, string? Type, DnsMessage Question)> Requests { get; } = [];

        public Action<HttpResponseMessage>? Change { get; set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var bytes = request.Content is { } content
                ? await content.ReadAsByteArrayAsync(cancellationToken)
                : Base64Url.DecodeFromChars(request.RequestUri!.Query.AsSpan("?dns=".Length));
            Assert.True(DnsMessageCodec.TryRead(bytes, out var message, out var error), error);
            Requests.Add((request.Method, request.RequestUri!, request.Headers.Accept.Single().MediaType!, request.Content?.Headers.ContentType?.MediaType, message));
            var answer = new Asked(message, OverTcp: true).With(new DnsAddressRecord(message.Questions[0].Name, 60, IPAddress.Parse("192.0.2.1")));
            var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(ScriptedServer.Write(answer)) };
            response.Content.Headers.ContentType = new MediaTypeHeaderValue("application/dns-message");
            Change?.Invoke(response);
            return response;
        }
    }
}
