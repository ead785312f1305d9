using System.Diagnostics.Metrics;
using Libp2p.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Libp2p;

/// <summary>A node in a host.</summary>
public static class HostingExtensions
{
    /// <summary>Adds a node that starts and stops with the host: <see cref="INode"/> and <see cref="Libp2pNode"/> are singletons.</summary>
    /// <param name="services">The host's services. Logging, the clock and the meter factory are the host's where it has them.</param>
    /// <param name="configure">The same methods that build a node without a host.</param>
    public static IServiceCollection AddLibp2p(this IServiceCollection services, Action<NodeBuilder> configure) =>
        services.AddLibp2p((_, builder) => configure(builder));

    /// <summary>Adds a node that starts and stops with the host: <see cref="INode"/> and <see cref="Libp2pNode"/> are singletons.</summary>
    /// <param name="services">The host's services. Logging, the clock and the meter factory are the host's where it has them.</param>
    /// <param name="configure">The same methods that build a node without a host, with the services at hand. The section <c>Libp2p</c> of the configuration (<see cref="Libp2pHostOptions"/>) is applied afterwards.</param>
    public static IServiceCollection AddLibp2p(this IServiceCollection services, Action<IServiceProvider, NodeBuilder> configure)
    {
        services.AddOptions<Libp2pHostOptions>().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigureOptions<Libp2pHostOptions>, Libp2pHostOptionsConfiguration>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<Libp2pHostOptions>, Libp2pHostOptionsValidation>());
        services.TryAddSingleton<Libp2pListen>();
        services.TryAddSingleton(provider => Build(provider, configure));
        services.TryAddSingleton<INode>(provider => provider.GetRequiredService<Libp2pNode>());
        services.TryAddSingleton<Libp2pHostedService>();
        services.AddHostedService(provider => provider.GetRequiredService<Libp2pHostedService>());
        return services;
    }

    /// <summary>Adds the check of the node: healthy while it listens where it was asked to, degraded with fewer peers than <see cref="Libp2pHostOptions.MinPeers"/>.</summary>
    /// <param name="builder">The host's health checks; the node comes from <see cref="AddLibp2p(IServiceCollection, Action{NodeBuilder})"/>.</param>
    /// <param name="name">The name of the check.</param>
    /// <param name="failureStatus">What a node that does not listen is called; null for unhealthy.</param>
    /// <param name="tags">Tags to choose checks by.</param>
    public static IHealthChecksBuilder AddLibp2p(
        this IHealthChecksBuilder builder, string name = "libp2p", HealthStatus? failureStatus = null, IEnumerable<string>? tags = null) =>
        builder.Add(new HealthCheckRegistration(name, Check, failureStatus, tags));

    private static Libp2pHealthCheck Check(IServiceProvider provider) => new(
        provider.GetRequiredService<Libp2pNode>(),
        provider.GetRequiredService<Libp2pHostedService>(),
        provider.GetRequiredService<Libp2pListen>(),
        provider.GetRequiredService<IOptions<Libp2pHostOptions>>());

    private static Libp2pNode Build(IServiceProvider provider, Action<IServiceProvider, NodeBuilder> configure)
    {
        var options = provider.GetRequiredService<IOptions<Libp2pHostOptions>>().Value;
        var builder = Libp2pNode.CreateBuilder();
        if (provider.GetService<ILoggerFactory>() is { } logging)
            builder.UseLogging(logging);
        if (provider.GetService<TimeProvider>() is { } time)
            builder.UseTimeProvider(time);
        if (provider.GetService<IMeterFactory>() is { } meters)
            builder.UseMeterFactory(meters);
        configure(provider, builder);
        Replace(builder.Options.Listen, options.Listen);
        Replace(builder.Options.Announce, options.Announce);
        Replace(builder.Options.AppendAnnounce, options.AppendAnnounce);
        if (options.KeyFile is { } path)
            builder.UseIdentity(LoadOrCreate(path));
        provider.GetRequiredService<Libp2pListen>().Count = builder.Options.Listen.Count;
        return builder.Build();
    }

    private static Identity LoadOrCreate(string path)
    {
#pragma warning disable VSTHRD002 // A container builds synchronously, and a key file is read in one piece.
        return KeyFile.LoadOrCreateAsync(path).AsTask().GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
    }

    private static void Replace(IList<Multiaddress> addresses, IList<string> texts)
    {
        if (texts.Count == 0)
            return;
        addresses.Clear();
        foreach (var text in texts)
            addresses.Add(Multiaddress.Parse(text, null));
    }
}
