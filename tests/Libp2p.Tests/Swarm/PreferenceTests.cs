using System.Collections.Concurrent;
using Libp2p.Negotiation;
using Libp2p.Tests.Support;
using Libp2p.Transports.Memory;
using Microsoft.Extensions.Logging;

namespace Libp2p.Tests.Swarm;

/// <summary>Which security protocol and which muxer two nodes agree on, what it costs, and what a node without either says.</summary>
public sealed class PreferenceTests : IAsyncDisposable
{
    const string Noise = "/noise";
    const string Secio = "/secio/1.0.0";
    const string Plaintext = "/plaintext/2.0.0";
    const string Yamux = "/yamux/1.0.0";
    const string Mplex = "/mplex/6.7.0";

    readonly MemoryNetwork _network = new();
    readonly List<Libp2pNode> _nodes = [];

    [Theory]
    // The first security protocol is proposed without waiting, and noise agrees on a lone muxer within: the handshake alone is waited for.
    [InlineData("noise yamux", "noise yamux", Noise, Yamux, 1)]
    [InlineData("noise secio yamux", "noise yamux", Noise, Yamux, 1)]
    [InlineData("noise secio yamux", "secio noise yamux", Noise, Yamux, 1)]
    [InlineData("secio noise yamux", "noise secio yamux", Secio, Yamux, 4)]
    [InlineData("noise secio yamux mplex", "secio mplex", Secio, Mplex, 7)]
    [InlineData("secio mplex", "noise secio yamux mplex", Secio, Mplex, 4)]
    [InlineData("noise yamux mplex", "noise mplex yamux", Noise, Yamux, 2)]
    [InlineData("noise mplex yamux", "noise yamux mplex", Noise, Mplex, 2)]
    [InlineData("noise yamux mplex", "noise mplex", Noise, Mplex, 1)]
    [InlineData("noise mplex", "noise yamux mplex", Noise, Mplex, 2)]
    [InlineData("plaintext noise yamux", "noise plaintext yamux", Plaintext, Yamux, 2)]
    [InlineData("noise secio plaintext mplex", "plaintext mplex", Plaintext, Mplex, 5)]
    public async Task The_diallers_order_decides_and_it_falls_back(string dialer, string listener, string security, string muxer, int roundTrips)
    {
        var (from, to) = (await StartAsync(dialer), await StartAsync(listener));
        var watch = to.WatchAsync(TestNodes.Patience);
        var connection = await from.DialAsync(to);
        Assert.Equal((security, muxer), (connection.Security.ToString(), connection.Muxer.ToString()));
        Assert.Equal(roundTrips, connection.RoundTrips);
        var seen = (await watch.FirstAsync<ConnectionOpened>()).Connection;
        Assert.Equal((security, muxer, connection.EarlyMuxer), (seen.Security.ToString(), seen.Muxer.ToString(), seen.EarlyMuxer));
        Assert.Null(seen.RoundTrips);
        await from.PingAsync(to.Identity.PeerId, TestNodes.Patience);
    }

    [Theory]
    [InlineData("noise yamux", "noise mplex", Mplex)]
    [InlineData("plaintext yamux", "plaintext mplex", Mplex)]
    [InlineData("noise plaintext yamux", "secio yamux", Secio)]
    public async Task A_dial_that_fails_for_it_says_what_the_peer_offers(string dialer, string listener, string offered)
    {
        var (from, to) = (await StartAsync(dialer), await StartAsync(listener));
        var failure = await Assert.ThrowsAsync<DialException>(() => from.DialAsync(to).AsTask());
        var attempt = Assert.Single(failure.Attempts);
        Assert.Equal(Libp2pError.NegotiationFailed, attempt.Error);
        Assert.Equal([offered], attempt.Offered.Select(p => p.ToString()));
        Assert.Contains(offered, failure.Message, StringComparison.Ordinal);
    }

    /// <summary>A lone proposal is followed by the handshake at once: there is nothing more to ask, and the end may overtake the refusal.</summary>
    [Fact]
    public async Task A_lone_proposal_that_is_refused_fails_the_dial()
    {
        var (from, to) = (await StartAsync("noise yamux"), await StartAsync("secio yamux"));
        var failure = await Assert.ThrowsAsync<DialException>(() => from.DialAsync(to).AsTask());
        Assert.Equal(DialStage.Secure, Assert.Single(failure.Attempts).Stage);
    }

    [Theory]
    [InlineData(Plaintext)]
    [InlineData(Secio)]
    [InlineData(Mplex)]
    public async Task A_default_node_speaks_none_of_the_weak(string protocol)
    {
        var node = await StartAsync("noise yamux");
        await using var link = await new MemoryTransport(new BufferPool(), _network).DialAsync(node.Addresses[0], TestNodes.Patience);
        Assert.Null(await MultistreamSelect.TrySelectAsync(link, [protocol], TestNodes.Patience));
        Assert.Equal([Noise], (await MultistreamSelect.AskAsync(link, TestNodes.Patience)).Select(p => p.ToString()));
        var from = await StartAsync(protocol == Mplex ? "noise mplex" : $"{protocol.Split('/')[1]} yamux");
        await Assert.ThrowsAsync<DialException>(() => from.DialAsync(node).AsTask());
    }

    [Theory]
    [InlineData("noise yamux", null)]
    [InlineData("noise plaintext yamux", "plaintext")]
    [InlineData("noise secio yamux", "SECIO")]
    [InlineData("noise yamux mplex", "mplex")]
    public async Task A_node_that_enables_a_weak_protocol_says_so_in_its_log(string protocols, string? named)
    {
        using var log = new Warnings();
        await StartAsync(protocols, log);
        if (named is null)
            Assert.Empty(log.Lines);
        else
            Assert.Contains($"speaks {named}", Assert.Single(log.Lines), StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
            await node.DisposeAsync();
    }

    async Task<Libp2pNode> StartAsync(string protocols, ILoggerFactory? log = null)
    {
        var builder = Libp2pNode.CreateBuilder().UseMemory(_network).AddPing().Listen("/memory/0");
        if (log is not null)
            builder.UseLogging(log);
        foreach (var protocol in protocols.Split(' '))
        {
            _ = protocol switch
            {
                "noise" => builder.UseNoise(),
                "secio" => builder.UseLegacySecio(),
                "plaintext" => builder.UsePlaintext(),
                "yamux" => builder.UseYamux(),
                _ => builder.UseMplex(),
            };
        }
        var node = await builder.StartAsync();
        _nodes.Add(node);
        return node;
    }

    sealed class Warnings : ILoggerFactory, ILogger
    {
        readonly ConcurrentQueue<string> _lines = new();

        public IReadOnlyCollection<string> Lines => _lines;

        public ILogger CreateLogger(string categoryName) => this;

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
                _lines.Enqueue(formatter(state, exception));
        }

        public void Dispose()
        {
        }
    }
}
