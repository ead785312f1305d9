using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Libp2p.Hosting.Tests;

/// <summary>A host with a node on loopback, and whatever settings a test gives it.</summary>
internal static class NodeHost
{
    public static IHost Create(Action<NodeBuilder>? configure = null, Action<IServiceCollection>? services = null, params (string Key, string Value)[] settings)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(settings.Select(s => new KeyValuePair<string, string?>(s.Key, s.Value)));
        services?.Invoke(builder.Services);
        builder.Services.AddLibp2p(node =>
        {
            node.UseTcp().UseNoise().UseYamux().AddPing().Listen("/ip4/127.0.0.1/tcp/0");
            configure?.Invoke(node);
        });
        builder.Services.AddHealthChecks().AddLibp2p();
        return builder.Build();
    }
}
