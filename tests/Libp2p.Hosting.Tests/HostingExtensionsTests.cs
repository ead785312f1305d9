using System.Collections.Concurrent;
using Libp2p.Transports.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Libp2p.Hosting.Tests;

public sealed class HostingExtensionsTests
{
    [Fact]
    public async Task The_node_runs_with_the_host()
    {
        using var host = NodeHost.Create();
        await using var other = await Libp2pNode.CreateBuilder().UseTcp().UseNoise().UseYamux().AddPing().StartAsync();
        await host.StartAsync();
        var node = host.Services.GetRequiredService<INode>();
        Assert.Same(host.Services.GetRequiredService<Libp2pNode>(), node);
        await other.PingAsync(node.Addresses[0]);
        await using var events = other.WatchAsync().GetAsyncEnumerator();

        await host.StopAsync();

        while (await events.MoveNextAsync())
        {
            if (events.Current is PeerDisconnected left)
            {
                Assert.Equal(node.Identity.PeerId, left.Peer);
                Assert.Equal(CloseCode.RemoteClose, left.Reason.Code);
                break;
            }
        }
        Assert.Empty(node.Connections);
        Assert.Empty(node.ListenAddresses);
    }

    [Fact]
    public async Task The_node_logs_through_the_host()
    {
        using var log = new CapturedLog();
        using var host = NodeHost.Create(services: services => services.AddLogging(l => l.AddProvider(log)));
        await host.StartAsync();
        Assert.Contains(log.Lines, l => l.StartsWith("Listening on /ip4/127.0.0.1/tcp/", StringComparison.Ordinal));
        await host.StopAsync();
    }

    [Fact]
    public async Task Services_are_at_hand_where_the_node_is_built()
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        using var identity = Identity.Generate();
        builder.Services.AddSingleton(identity);
        builder.Services.AddLibp2p((services, node) => node
            .UseIdentity(services.GetRequiredService<Identity>()).UseMemory(new MemoryNetwork()).UseNoise().UseYamux());
        using var host = builder.Build();
        await host.StartAsync();
        Assert.Equal(identity.PeerId, host.Services.GetRequiredService<INode>().Identity.PeerId);
        await host.StopAsync();
    }

    [Fact]
    public async Task Settings_take_the_place_of_what_the_code_says()
    {
        using var host = NodeHost.Create(null, null,
            ("Libp2p:Listen:0", "/ip4/127.0.0.2/tcp/0"), ("Libp2p:Announce:0", "/dns4/example.org/tcp/4001"), ("Libp2p:MinPeers", "2"));
        await host.StartAsync();
        var node = host.Services.GetRequiredService<INode>();
        Assert.StartsWith("/ip4/127.0.0.2/tcp/", Assert.Single(node.ListenAddresses).ToString(), StringComparison.Ordinal);
        Assert.StartsWith("/dns4/example.org/tcp/4001/p2p/", Assert.Single(node.Addresses).ToString(), StringComparison.Ordinal);
        Assert.Equal(2, host.Services.GetRequiredService<IOptions<Libp2pHostOptions>>().Value.MinPeers);
        await host.StopAsync();
    }

    [Fact]
    public async Task A_key_file_keeps_the_identity()
    {
        var folder = Directory.CreateTempSubdirectory("libp2p-hosting-");
        try
        {
            var path = Path.Combine(folder.FullName, "key");
            var first = await StartedPeerAsync(path);
            Assert.True(File.Exists(path));
            Assert.Equal(first, await StartedPeerAsync(path));
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        static async Task<PeerId> StartedPeerAsync(string path)
        {
            using var host = NodeHost.Create(null, null, ("Libp2p:KeyFile", path));
            await host.StartAsync();
            var peer = host.Services.GetRequiredService<INode>().Identity.PeerId;
            await host.StopAsync();
            return peer;
        }
    }

    [Theory]
    [InlineData("Libp2p:Listen:0", "/ip4/127.0.0.1/tpc/0", "Libp2p:Listen:0 is \"/ip4/127.0.0.1/tpc/0\"")]
    [InlineData("Libp2p:Announce", "nowhere", "Libp2p:Announce:0 is \"nowhere\"")]
    [InlineData("Libp2p:AppendAnnounce:3", "", "Libp2p:AppendAnnounce:0 is \"\"")]
    [InlineData("Libp2p:KeyFile", " ", "Libp2p:KeyFile is empty")]
    [InlineData("Libp2p:MinPeers", "some", "Libp2p:MinPeers is \"some\"")]
    [InlineData("Libp2p:Listn:0", "/ip4/127.0.0.1/tcp/0", "Libp2p:Listn: there is no such setting")]
    public async Task A_setting_that_makes_no_sense_stops_the_start_and_is_named(string key, string value, string message)
    {
        using var host = NodeHost.Create(null, null, (key, value));
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync());
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_lacks_a_part_stops_the_start()
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddLibp2p(_ => { });
        using var host = builder.Build();
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => host.StartAsync());
        Assert.Contains("UseTcp()", failure.Message, StringComparison.Ordinal);
    }

    private sealed class CapturedLog : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
